// @ts-check
/**
 * Private notes of a lesson: saved while they are typed. A copy that an earlier page left on this device is put back and
 * saved; if the note was changed elsewhere meanwhile, the person sees both texts. Without this file there is a button.
 * A lesson is read before a note is written, so what saves is fetched once the page is there or somebody goes into a
 * note; what is typed before it has come is kept on this device.
 */
import * as device from "./kept_copy.js";

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form.reflect"))) {
  const place = form.querySelector("[role=status]");
  if (place) begin(form, place);
  else form.addEventListener("submit", (event) => chosen(form, event)); // both texts are shown, with buttons
}

/** Who keeps the other text wants no copy of this one. @param {HTMLFormElement} form @param {SubmitEvent} event */
function chosen(form, event) {
  if (event.submitter instanceof HTMLButtonElement && event.submitter.value === "theirs") device.forget(form.dataset.copy ?? "");
}

/** @param {() => void} act */
function soon(act) {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: 2000 });
  else setTimeout(act); // Safari has no idle time
}

/** @param {HTMLFormElement} form @param {string} name */
function control(form, name) {
  return /** @type {HTMLInputElement | HTMLTextAreaElement} */ (form.elements.namedItem(name));
}

/** @param {HTMLFormElement} form @param {Element} place */
function begin(form, place) {
  putBack(form, place);
  const hold = (/** @type {Event} */ event) => keepHere(form, place, event.type === "submit");
  for (const news of ["input", "submit"]) form.addEventListener(news, hold);
  let asked = false;
  const fetched = async () => {
    if (asked) return;
    asked = true;
    const modules = await Promise.all([import("./autosave.js"), import("./say.js")]).catch(() => null);
    asked = Boolean(modules); // without a connection: when there is one, or at the next look into the note
    if (!modules) return;
    for (const news of ["input", "submit"]) form.removeEventListener(news, hold);
    save(form, place, ...modules);
  };
  addEventListener("load", () => soon(fetched));
  addEventListener("online", fetched);
  form.addEventListener("focusin", fetched);
}

/** Before what saves has come. @param {HTMLFormElement} form @param {Element} place @param {boolean} sent by its button */
function keepHere(form, place, sent) {
  const [text, was, version] = ["text", "was", "version"].map((name) => control(form, name).value);
  const kept = device.keep(form.dataset.copy ?? "", { entries: [["text", text]], was, version, at: Date.now(), sent });
  if (kept) place.textContent = device.KEPT;
}

/** @param {HTMLFormElement} form @param {Element} place */
function putBack(form, place) {
  const area = control(form, "text");
  const confirmed = JSON.stringify([["text", area.defaultValue]]);
  const copy = device.left(form.dataset.copy ?? "", Number(control(form, "version").value), confirmed);
  const text = copy?.entries.find(([name]) => name === "text")?.[1];
  if (!copy || text === undefined) return;
  const typed = area.value === area.defaultValue ? "" : `\n\n${area.value}`; // before this file was here
  area.value = text + typed;
  for (const name of /** @type {const} */ (["was", "version"])) control(form, name).value = copy[name];
  place.textContent = "Put back from this device";
}

/**
 * @param {HTMLFormElement} form @param {Element} place
 * @param {typeof import("./autosave.js")} saving @param {typeof import("./say.js")} saying
 */
function save(form, place, { Autosave }, { say }) {
  const autosave = new Autosave(form, { onStatus: (...said) => say(place, ...said), onAnswer: () => {} });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    autosave.save();
  });
  const area = control(form, "text");
  area.addEventListener("input", () => grow(area));
  grow(area);
  autosave.changed();
}

/** Where the style sheet cannot do it. @param {HTMLElement} area */
function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
