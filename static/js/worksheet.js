// @ts-check
/**
 * The worksheet in the browser: text areas that grow, and what the server answers to a save put where it belongs.
 * Without this file every button still works as a form.
 */
import { Autosave } from "./autosave.js";
import { beside } from "./beside.js";
import { clearable } from "./choices.js";
import { offerCopies } from "./copies.js";
import { longTexts } from "./editor.js";
import { Files } from "./files.js";
import { icon } from "./icon.js";
import { Paste } from "./paste.js";
import { say } from "./say.js";
import { sections, way } from "./sections.js";
import { Tables } from "./tables.js";
import { Undo } from "./undo.js";

/** @typedef {import("./autosave.js").Answer} Answer */

const form = /** @type {HTMLFormElement} */ (document.getElementById("work"));
const SPRITE = document.querySelector("#saved use")?.getAttribute("href")?.split("#")[0] ?? "";
const autosave = new Autosave(form, { onStatus: status, onAnswer: show });
const files = new Files(form, autosave, show, problem);
const undo = new Undo(document.querySelector(".bar") ?? form);
const tables = new Tables(form, undo, () => autosave.changed(), (name) => icon(SPRITE, name));
new Paste(form, undo, grow, () => autosave.changed());

// --- what the bar says ---

/** @param {string} sentence @param {import("./autosave.js").Link} [link] */
function status(sentence, link) {
  say(document.querySelector("#saved span"), sentence, link);
}

/** @param {Answer} answer */
function show(answer) {
  for (const [field, results] of Object.entries(answer.results)) {
    for (const [key, result] of Object.entries(results)) {
      const place = document.querySelector(`[data-result="${field}.${key}"]`);
      put(place?.querySelector('[data-part="text"]'), result.text || "–");
      put(place?.querySelector('[data-part="how"]'), result.how);
    }
  }
  for (const [field, total] of Object.entries(answer.totals)) put(document.querySelector(`[data-total="${field}"]`), total);
  for (const [field, note] of Object.entries(answer.rows)) put(document.querySelector(`[data-rows="${field}"]`), note);
  for (const [field, sentences] of Object.entries(answer.problems)) problem(field, sentences.join(" "));
  for (const [section, [done, all]] of Object.entries(answer.progress)) {
    for (const place of document.querySelectorAll(`[data-progress="${section}"]`)) {
      put(place, `${done} of ${all}${place.getAttribute("data-word") ?? ""}`);
    }
  }
  const next = /** @type {HTMLAnchorElement | null} */ (document.getElementById("next-step"));
  if (next) {
    next.href = way(form, answer.next.anchor, answer.next.step);
    put(next, answer.next.words);
  }
  first(answer.first);
  standing(answer.state);
  showCheck(answer.check);
}

/** @param {string} html what to change first, as it stands after this save */
function first(html) {
  const place = document.getElementById("first");
  const fresh = new DOMParser().parseFromString(html ?? "", "text/html").getElementById("first");
  if (place && fresh && place.innerHTML !== fresh.innerHTML) place.replaceWith(fresh);
}

/** @param {Element | null | undefined} place @param {string} words */
function put(place, words) {
  if (place && place.textContent !== words) place.textContent = words;
}

/** @param {string} field @param {string} sentence */
function problem(field, sentence) {
  const place = document.getElementById(`${field}-problem`);
  if (!place) return;
  put(place.querySelector("span"), sentence);
  place.hidden = !sentence;
  const control = document.getElementById(`in-${field}`);
  if (sentence) control?.setAttribute("aria-invalid", "true");
  else control?.removeAttribute("aria-invalid");
}

/** @param {[string, string]} state */
function standing([pattern, words]) {
  const place = /** @type {HTMLElement | null} */ (document.querySelector(".bar .state"));
  if (!place) return;
  place.dataset.state = pattern;
  if (place.lastChild) place.lastChild.textContent = words;
}

/** A note that is being written stays as it is. @param {string} html of our own template, which escapes what people wrote */
function showCheck(html) {
  const place = document.getElementById("check-list");
  if (!place) return;
  const made = document.createElement("template");
  made.innerHTML = html;
  const active = document.activeElement;
  for (const note of place.querySelectorAll("textarea")) {
    const next = made.content.getElementById(note.id);
    const fold = next?.closest("details");
    if (fold && note.closest("details")?.open) fold.open = true;
    next?.replaceWith(note);
  }
  place.replaceChildren(made.content);
  if (active instanceof HTMLTextAreaElement) active.focus({ preventScroll: true });
}

// --- text areas that grow, where the style sheet cannot do it ---

const grows = !CSS.supports("field-sizing", "content");

/** @param {EventTarget | null} area */
function grow(area) {
  if (!grows || !(area instanceof HTMLTextAreaElement) || !area.offsetParent) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

// --- start ---

form.addEventListener("submit", (event) => {
  const pressed = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (tables.takes(pressed)) {
    event.preventDefault();
  } else if (pressed?.name === "save") {
    event.preventDefault();
    autosave.save();
  } else if (files.takes(pressed)) {
    event.preventDefault();
  } else {
    autosave.leaves();
  }
});
form.addEventListener("input", (event) => grow(event.target));
form.addEventListener("toggle", () => form.querySelectorAll("textarea").forEach(grow), true);
longTexts(form, SPRITE);
for (const button of form.querySelectorAll(".sec__save")) /** @type {HTMLElement} */ (button).hidden = true;
form.querySelectorAll("textarea").forEach(grow);
sections(form, autosave);
beside();
clearable(form, undo, () => autosave.changed());
offerCopies(form, autosave, undo, grow);
autosave.changed(); // typed before this file came
document.addEventListener("click", async (event) => {
  const link = /** @type {Element} */ (event.target).closest("a[data-passage]");
  if (link) (await import("./passage_jump.js")).jump(link);
});
setTimeout(() => import("./looked.js").catch(() => {}), 5000); // no connection: the next save says that it was seen
