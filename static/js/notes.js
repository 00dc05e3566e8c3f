// @ts-check
/**
 * Private notes of a lesson: saved while they are typed. A copy that an earlier page left on this device is put back and
 * saved; if the note was changed elsewhere meanwhile, the person sees both texts. Without this file there is a button.
 * A lesson is read before a note is written, so what saves is fetched once the page is there.
 */
const soon = "requestIdleCallback" in window ? requestIdleCallback : setTimeout; // Safari has no idle time

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form.reflect"))) {
  const place = form.querySelector("[role=status]");
  if (place) addEventListener("load", () => soon(() => keep(form, place))); // else both texts are shown, with buttons
}

/** @param {HTMLFormElement} form @param {Element} place */
async function keep(form, place) {
  const modules = await Promise.all([import("./autosave.js"), import("./say.js")]).catch(() => null);
  if (!modules) return form.addEventListener("focusin", () => keep(form, place), { once: true }); // no connection yet
  const [{ Autosave }, { say }] = modules;
  const autosave = new Autosave(form, { onStatus: (...said) => say(place, ...said), onAnswer: () => {} });
  const area = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  autosave.confirmed = JSON.stringify([["text", area.defaultValue]]); // somebody may be typing already
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    autosave.save();
  });
  area.addEventListener("input", () => grow(area));
  const copy = autosave.left();
  if (copy) {
    area.value = copy.entries.find(([name]) => name === "text")?.[1] ?? area.value;
    autosave.input("was").value = copy.was;
    autosave.input("version").value = copy.version;
    say(place, "Put back from this device");
  }
  grow(area);
  autosave.changed();
}

/** Where the style sheet cannot do it. @param {HTMLTextAreaElement} area */
function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
