// @ts-check
/**
 * Private notes of a lesson: saved while they are typed. A copy that an earlier page left on this device is put back and
 * saved; if the note was changed elsewhere meanwhile, the person sees both texts. Without this file there is a button.
 */
import { Autosave } from "./autosave.js";

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form.reflect"))) keep(form);

/** @param {HTMLFormElement} form */
function keep(form) {
  const place = form.querySelector("[role=status]");
  if (!place) return; // both texts are shown: the person decides by a button
  const autosave = new Autosave(form, { onStatus: (sentence, link) => say(place, sentence, link), onAnswer: () => {} });
  const area = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    autosave.save();
  });
  area.addEventListener("input", () => grow(area));
  grow(area);
  const copy = autosave.left();
  if (!copy) return;
  area.value = copy.entries.find(([name]) => name === "text")?.[1] ?? area.value;
  for (const name of ["was", "version"]) autosave.input(name).value = name === "was" ? copy.was : copy.version;
  say(place, "Put back from this device");
  grow(area);
  autosave.changed();
}

/** @param {Element} place @param {string} sentence @param {{words: string, href?: string, press?: () => void}} [link] */
function say(place, sentence, link) {
  place.textContent = sentence;
  if (!link) return;
  const made = document.createElement(link.href ? "a" : "button");
  made.textContent = link.words;
  if (made instanceof HTMLAnchorElement) {
    made.href = link.href ?? "";
    made.target = "_blank";
  } else {
    made.type = "button";
    made.className = "plain";
    made.addEventListener("click", () => link.press?.());
  }
  place.append(made);
}

/** Where the style sheet cannot do it. @param {HTMLTextAreaElement} area */
function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
