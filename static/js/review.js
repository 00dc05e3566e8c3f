// @ts-check
// A coach's page of one review: saves by itself, rates and walks by keys. Without it the buttons do the same.
import { Autosave } from "./autosave.js";
import { lettersOn, setLetters, typing } from "./keys.js";
import { chosen, draw, show } from "./passages.js";
import { boxOf, identify, openBox, quote } from "./review_boxes.js";
import { chooseSentence, offerOnRows, offerOnSelection, ofRow } from "./review_quote.js";
import { carryOver, drawRubric, rate } from "./review_rubric.js";
import { say } from "./say.js";

/** @typedef {import("./autosave.js").Answer & {made: Record<string, number>, lease: string, until: string, holder: string,
 *   open: boolean, many: string, hint: {first: string, href: string, rest: string, fits: string}}} Saved */

const form = /** @type {HTMLFormElement} */ (document.getElementById("review"));
const saved = /** @type {HTMLElement} */ (document.getElementById("saved"));
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("keys"));
const fields = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".wf[data-field]")]);

const autosave = new Autosave(form, {
  onStatus: (sentence, link) => say(saved, sentence, link),
  onAnswer: (answer) => showSaved(/** @type {Saved} */ (answer)),
  // a box for a comment in which nothing is written says nothing
  counts: (name, data) => {
    const fresh = name.match(/^(?:comment|kind|quote|before|after|row|first|on)-(new-.+)$/);
    return !fresh || Boolean(String(data.get(`comment-${fresh[1]}`) ?? "").trim());
  },
  renamed: (name, answer) => {
    const [part, key] = [name.replace(/-.*$/, ""), name.replace(/^[a-z]+-/, "")];
    return ["comment", "kind", "quote", "before", "after", "row", "first", "on"].includes(part) && key in answer.made ? `${part}-${answer.made[key]}` : name;
  },
});

/** @param {Saved} answer */
function showSaved(answer) {
  for (const [key, id] of Object.entries(answer.made)) identify(key, String(id));
  if (answer.lease) autosave.input("lease").value = answer.lease;
  const whose = answer.holder ? `${answer.holder} has taken this over. ` : answer.until ? `Yours until ${answer.until}. ` : "";
  answer.saved_at = answer.open ? `${whose}${answer.saved_at}` : `${answer.saved_at}. This round is decided`;
  showHint(answer.hint);
  showMany(answer.many);
}

/** More than three required changes: said, and each can be marked to come first. @param {string} sentence */
function showMany(sentence) {
  const line = /** @type {HTMLElement} */ (document.getElementById("many"));
  line.textContent = sentence;
  line.hidden = !sentence;
  form.toggleAttribute("data-many", Boolean(sentence));
}

let fits = ["request", "accept"].find((verb) => !form.querySelector(`.verdict .btn--quiet[value="${verb}"]`)) ?? "";
fits = { request: "changes requested", accept: "accepted" }[fits] ?? "";

/** @param {{first: string, href: string, rest: string, fits: string}} hint */
function showHint(hint) {
  fits = hint.fits;
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

// --- the rubric ---

function keepMarks() {
  carryOver();
  autosave.changed();
}

form.addEventListener("click", (event) => {
  if (!(/** @type {Element} */ (event.target).closest('[value="carry-over"]'))) return;
  event.preventDefault();
  keepMarks();
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

/** The field to speak of: that of the focus, or the one walked to last. */
const current = () => /** @type {HTMLElement | undefined} */ (document.activeElement?.closest(".wf") ?? fields[Math.max(at, 0)]);

/** Comment on the chosen words, on the row that has the focus, or on the current field. */
function comment() {
  const row = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest("tr[data-row]"));
  const field = current();
  const what = chosen() ?? (row && field ? ofRow(field, row) : null);
  if (what) commentOn(what);
  else if (field) openBox(boxOf(field));
}

/** @param {import("./review_quote.js").Chosen} what */
function commentOn(what) {
  const box = boxOf(what.field, true);
  if (!box) return;
  quote(box, what);
  openBox(box);
  getSelection()?.removeAllRanges();
  draw();
}

offerOnSelection(commentOn);
offerOnRows(commentOn);
form.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const box = /** @type {HTMLElement | null} */ (target.closest(".said"));
  if (box && target.closest("button[data-bank]")) bankFor(box);
  if (!box || !target.closest("[data-unquote]")) return;
  quote(box, null);
  draw();
});

/** Open the bank in the comment box that is open, or in a new one on the current field. */
function bank() {
  const field = current();
  const box = document.activeElement?.closest(".said") ?? (field && boxOf(field));
  if (!box) return;
  box.setAttribute("open", "");
  bankFor(/** @type {HTMLElement} */ (box));
}

/** Loaded when it is first opened. @param {HTMLElement} box */
async function bankFor(box) {
  (await import("./review_bank.js")).openBank(box);
}

// Escape leaves a text, so that the keys work again.
form.addEventListener("keydown", (event) => {
  const text = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "Escape" || !text.matches("textarea, input")) return;
  const place = /** @type {HTMLElement | null} */ (text.closest(".wf, .panel"));
  place?.focus({ preventScroll: true });
});

// --- earlier requests ---

/** The request to settle: the one with the focus, or the first nobody has decided on. */
const requests = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#requests [data-request]")]);
const decided = (/** @type {HTMLElement} */ one) => Boolean(one.querySelector("input:checked"));

/** @param {"settled" | "open"} choice */
function settle(choice) {
  const focused = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest("#requests [data-request]"));
  const one = focused && !decided(focused) ? focused : (requests().find((each) => !decided(each)) ?? focused);
  const input = /** @type {HTMLInputElement | null | undefined} */ (one?.querySelector(`input[value="${choice}"]`));
  if (!one || !input) return;
  input.checked = true;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  const next = requests().find((each) => !decided(each));
  (next ?? one).focus({ preventScroll: true });
  (next ?? one).scrollIntoView({ block: "nearest" });
  if (next) show(/** @type {HTMLElement | null} */ (next.querySelector("[data-at]")));
}

form.addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (!input.name.startsWith("settled-")) return;
  const count = document.querySelector("#requests h2 span");
  const settled = document.querySelectorAll('#requests input[value="settled"]:checked').length;
  if (count) count.textContent = `${settled} of ${requests().length} settled`;
});

async function publish() {
  await autosave.settle();
  if (!autosave.unsaved) (await import("./review_publish.js")).askToPublish(fits);
}

/** @type {Record<string, () => void>} */
const LETTERS = {
  j: () => walk(1),
  k: () => walk(-1),
  1: () => rate(1),
  2: () => rate(2),
  3: () => rate(3),
  c: comment,
  q: () => {
    const field = current();
    if (field) chooseSentence(field, commentOn);
  },
  s: () => settle("settled"),
  o: () => settle("open"),
  a: keepMarks,
  b: bank,
  w: () => document.getElementById("good")?.focus(),
  p: () => /** @type {HTMLElement | null} */ (form.querySelector('[value="preview"]'))?.click(),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    autosave.save();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    publish();
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

const left = document.getElementById("refused") ? null : autosave.left();
if (left) import("./left_here.js").then(({ offerLeft }) => offerLeft(autosave, left, bringBack));
autosave.changed(); // typed before this file came
