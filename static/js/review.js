// @ts-check
// A coach's page of one review: saves by itself, rates and walks by keys. Without it the buttons do the same.
import { Autosave, say } from "./autosave.js";
import { lettersOn, setLetters, typing } from "./keys.js";

/** @typedef {import("./autosave.js").Answer & {made: Record<string, number>, lease: string, until: string, holder: string,
 *   open: boolean, hint: {first: string, href: string, rest: string, fits: string}}} Saved */

const form = /** @type {HTMLFormElement} */ (document.getElementById("review"));
const saved = /** @type {HTMLElement} */ (document.getElementById("saved"));
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("keys"));
const fields = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".wf[data-field]")]);
/** Untouched boxes for a further comment, by field. @type {Map<string, Element>} */
const blanks = new Map();
for (const box of document.querySelectorAll(".said--add:not([open])")) {
  blanks.set(/** @type {HTMLElement} */ (box.closest(".wf")).dataset.field ?? "", /** @type {Element} */ (box.cloneNode(true)));
}

const autosave = new Autosave(form, {
  onStatus: (sentence, link) => say(saved, sentence, link),
  onAnswer: (answer) => showSaved(/** @type {Saved} */ (answer)),
  // a box for a comment in which nothing is written says nothing
  counts: (name, data) => {
    const fresh = name.match(/^(?:comment|kind|quote|on)-(new-.+)$/);
    return !fresh || Boolean(String(data.get(`comment-${fresh[1]}`) ?? "").trim());
  },
  renamed: (name, answer) => {
    const [part, key] = [name.replace(/-.*$/, ""), name.replace(/^[a-z]+-/, "")];
    return ["comment", "kind", "quote", "on"].includes(part) && key in answer.made ? `${part}-${answer.made[key]}` : name;
  },
});

/** @param {Saved} answer */
function showSaved(answer) {
  for (const [key, id] of Object.entries(answer.made)) name(key, String(id));
  if (answer.lease) autosave.input("lease").value = answer.lease;
  const whose = answer.holder ? `${answer.holder} has taken this over. ` : answer.until ? `Yours until ${answer.until}. ` : "";
  answer.saved_at = answer.open ? `${whose}${answer.saved_at}` : `${answer.saved_at}. This round is decided`;
  showHint(answer.hint);
}

/** A comment got its id: its controls carry it from now on, and a new empty box follows. @param {string} key @param {string} id */
function name(key, id) {
  const box = form.querySelector(`[name="comment-${CSS.escape(key)}"]`)?.closest("details");
  if (!box) return;
  for (const control of box.querySelectorAll("[name]")) {
    const input = /** @type {HTMLInputElement} */ (control);
    if (input.name.endsWith(`-${key}`)) input.name = input.name.replace(`-${key}`, `-${id}`);
  }
  for (const label of box.querySelectorAll("label[for]")) /** @type {HTMLLabelElement} */ (label).htmlFor = `comment-${id}`;
  const text = box.querySelector("textarea");
  if (text) text.id = `comment-${id}`;
  const blank = blanks.get(key.replace("new-", ""));
  if (blank) box.after(blank.cloneNode(true));
}

/** @param {{first: string, href: string, rest: string, fits: string}} hint */
function showHint(hint) {
  const why = /** @type {HTMLElement} */ (document.getElementById("why"));
  const link = document.createElement("a");
  const bold = document.createElement("b");
  link.href = hint.href;
  bold.textContent = hint.first;
  link.append(bold);
  why.replaceChildren(link, ` ${hint.rest}`);
  form.querySelector('.btn[value="request"]')?.classList.toggle("btn--quiet", hint.fits !== "changes requested");
  form.querySelector('.btn[value="accept"]')?.classList.toggle("btn--quiet", hint.fits !== "accepted");
}

// --- the rubric: one line when rated, amber for the next ---

const items = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".crit-item[data-criterion]")]);
const levelOf = (/** @type {HTMLElement} */ item) => /** @type {HTMLInputElement | null} */ (item.querySelector("input:checked"));

function drawRubric() {
  const next = items.find((item) => !levelOf(item));
  for (const [index, item] of items.entries()) {
    const mark = levelOf(item);
    const word = /** @type {HTMLElement} */ (item.querySelector("[data-word]"));
    item.classList.toggle("next", item === next);
    item.classList.toggle("crit-open", item === next);
    word.classList.toggle("unset", !mark);
    word.textContent = item === next ? `Rate now, ${index + 1} of ${items.length}` : (mark?.dataset.level ?? "Not rated");
  }
  const rated = document.querySelector("[data-rated]");
  if (rated) rated.textContent = `${items.filter(levelOf).length} of ${items.length} rated`;
  return next;
}

form.addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const item = input.name.startsWith("mark-") ? /** @type {HTMLElement} */ (input.closest(".crit-item")) : null;
  if (!item) return;
  const next = drawRubric();
  const details = item.querySelector("details");
  if (details && !byArrow && next !== item) details.open = false;
  const following = next?.querySelector("details");
  if (following && !byArrow) following.open = true;
  if (!byArrow) /** @type {HTMLElement | null} */ (next?.querySelector("summary"))?.focus({ preventScroll: true });
  if (!byArrow) next?.scrollIntoView({ block: "nearest" });
});

// Arrow keys inside a group of levels change the choice at every step; only a click or a number closes the criterion.
let byArrow = false;
form.addEventListener("keydown", (event) => {
  byArrow = event.key.startsWith("Arrow");
});
form.addEventListener("pointerdown", () => {
  byArrow = false;
});

// --- keys ---

let at = -1;
document.addEventListener("focusin", (event) => {
  const field = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".wf"));
  if (field) at = fields.indexOf(field);
});

/** @param {number} step */
function walk(step) {
  at = Math.min(Math.max(at + step, 0), fields.length - 1);
  fields[at]?.focus({ preventScroll: true });
  fields[at]?.scrollIntoView({ block: "start" });
}

/** @param {number} level */
function rate(level) {
  const inside = /** @type {HTMLElement | null} */ (document.activeElement?.closest(".crit-item"));
  const item = inside ?? items.find((one) => !levelOf(one));
  const input = /** @type {HTMLInputElement | undefined} */ (item?.querySelectorAll("input[type=radio]")[level - 1]);
  if (!input) return;
  byArrow = false;
  input.checked = true;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function comment() {
  const selection = getSelection();
  const chosen = selection && !selection.isCollapsed ? selection.anchorNode?.parentElement?.closest(".wf") : null;
  const field = /** @type {HTMLElement | undefined} */ (chosen ?? fields[Math.max(at, 0)]);
  const box = /** @type {HTMLDetailsElement | null | undefined} */ (field?.querySelector('details:has([name^="comment-new-"])'));
  const text = box?.querySelector("textarea");
  if (!box || !text) return;
  const words = chosen ? String(selection).replace(/\s+/g, " ").trim().slice(0, 300) : "";
  if (words && !text.value) quote(box, words);
  box.open = true;
  text.focus();
}

/** @param {Element} box @param {string} words */
function quote(box, words) {
  const line = /** @type {HTMLElement | null} */ (box.querySelector("[data-quote]"));
  const kept = /** @type {HTMLInputElement | null} */ (box.querySelector('input[name^="quote-"]'));
  const shown = line?.querySelector("q");
  if (!line || !kept || !shown) return;
  shown.textContent = words;
  kept.value = words;
  line.hidden = false;
}

/** @type {Record<string, () => void>} */
const LETTERS = {
  j: () => walk(1),
  k: () => walk(-1),
  1: () => rate(1),
  2: () => rate(2),
  3: () => rate(3),
  c: comment,
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    autosave.save();
    return;
  }
  if (!lettersOn() || typing(event)) return;
  const act = LETTERS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const line = /** @type {HTMLElement} */ (document.getElementById("keys-line"));
const choice = /** @type {HTMLInputElement} */ (document.getElementById("keys-on"));
line.hidden = false;
choice.checked = lettersOn();
choice.addEventListener("change", () => setLetters(choice.checked));
document.getElementById("keys-open")?.addEventListener("click", () => dialog.showModal());
document.getElementById("keys-close")?.addEventListener("click", () => dialog.close());

form.addEventListener("submit", (event) => autosave.finish(event));

// --- text that only this device has ---

/** @param {import("./autosave.js").Copy} copy */
function bringBack(copy) {
  for (const [field, value] of copy.entries) {
    const control = form.elements.namedItem(field);
    // a comment whose box is not on this page, such as one removed elsewhere: it is sent all the same, and asked about
    if (!control) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: field, value }));
    else if (control instanceof RadioNodeList) control.value = value;
    else if ((control instanceof HTMLTextAreaElement || control instanceof HTMLInputElement) && control.value !== value) {
      if (control instanceof HTMLInputElement && control.type === "radio") control.checked = control.value === value;
      else control.value = value;
      for (const news of ["refresh", "input"]) control.dispatchEvent(new Event(news, { bubbles: true }));
      control.closest("details")?.setAttribute("open", "");
    }
  }
  drawRubric();
}

if (!document.getElementById("refused") && autosave.left()) {
  import("./left_here.js").then(({ offerLeft }) => offerLeft(autosave, bringBack));
}
