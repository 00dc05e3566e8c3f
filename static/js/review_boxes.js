// @ts-check
// The boxes for comments on a review: an empty one on each field, as many more as are wanted, the passage one is about.
import { draw } from "./passages.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("review"));
/** Untouched boxes for a further comment, by field. @type {Map<string, Element>} */
const blanks = new Map();
for (const box of document.querySelectorAll(".said--add:not([open])")) {
  blanks.set(/** @type {HTMLElement} */ (box.closest(".wf")).dataset.field ?? "", /** @type {Element} */ (box.cloneNode(true)));
}
for (const within of [form, ...blanks.values()]) {
  for (const button of within.querySelectorAll("[data-bank]")) /** @type {HTMLElement} */ (button).hidden = false;
}

/** A comment got its id: its controls carry it from now on, and a new empty box follows. @param {string} key @param {string} id */
export function identify(key, id) {
  const box = form.querySelector(`[name="comment-${CSS.escape(key)}"]`)?.closest("details");
  if (!box) return;
  for (const control of box.querySelectorAll("[name]")) {
    const input = /** @type {HTMLInputElement} */ (control);
    if (input.name.endsWith(`-${key}`)) input.name = input.name.replace(`-${key}`, `-${id}`);
  }
  for (const label of box.querySelectorAll("label[for]")) /** @type {HTMLLabelElement} */ (label).htmlFor = `comment-${id}`;
  const text = box.querySelector("textarea");
  if (text) text.id = `comment-${id}`;
  const blank = blanks.get(key.replace("new-", "").split("~")[0]);
  const more = box.parentElement?.querySelector('[name^="comment-new-"]');
  if (blank && !more) box.after(blank.cloneNode(true));
  draw();
}

/** The box for a new comment on this field; an unused one when it `must` be empty.
 * @param {HTMLElement} field @param {boolean} [must] */
export function boxOf(field, must = false) {
  const boxes = /** @type {HTMLDetailsElement[]} */ ([...field.querySelectorAll('details:has([name^="comment-new-"])')]);
  const last = boxes[boxes.length - 1];
  const used = last && (last.querySelector("textarea")?.value.trim() || last.dataset.words);
  if (last && !(must && used)) return last;
  const blank = /** @type {HTMLDetailsElement | undefined} */ (blanks.get(field.dataset.field ?? "")?.cloneNode(true));
  if (!blank) return last;
  const key = `new-${field.dataset.field}`;
  const fresh = `${key}~${Date.now() % 1_000_000}`;
  for (const control of /** @type {NodeListOf<HTMLInputElement>} */ (blank.querySelectorAll("[name]"))) control.name = control.name.replace(`-${key}`, `-${fresh}`);
  for (const label of blank.querySelectorAll("label[for]")) /** @type {HTMLLabelElement} */ (label).htmlFor = `comment-${fresh}`;
  const text = blank.querySelector("textarea");
  if (text) text.id = `comment-${fresh}`;
  field.append(blank);
  return blank;
}

/** @param {HTMLDetailsElement | undefined} box */
export function openBox(box) {
  if (!box) return;
  box.open = true;
  box.querySelector("textarea")?.focus();
}

/** @param {HTMLElement} box @param {import("./review_quote.js").Chosen | null} what */
export function quote(box, what) {
  const line = /** @type {HTMLElement | null} */ (box.querySelector("[data-quote]"));
  const set = (/** @type {string} */ name, /** @type {string} */ value) => {
    const control = /** @type {HTMLInputElement | null} */ (box.querySelector(`[name^="${name}-"]`));
    if (control) control.value = value;
  };
  set("quote", what?.words ?? "");
  set("before", what?.before ?? "");
  set("after", what?.after ?? "");
  set("row", what?.row ?? "");
  const { field, words = "", before = "", after = "", row = "" } = what ?? {};
  Object.assign(box.dataset, { at: field?.dataset.field ?? "", words, before, after, rowAt: row });
  const shown = line?.querySelector("q");
  if (shown) shown.textContent = words;
  if (line) line.hidden = !words;
}
