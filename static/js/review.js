// @ts-check
// A coach's page of one review: saves by itself, rates and walks by keys. Without it the buttons do the same.
import { Autosave, say } from "./autosave.js";
import { lettersOn, setLetters, typing } from "./keys.js";
import { chosen, draw, show } from "./passages.js";
import { chooseSentence, offerOnRows, offerOnSelection, ofRow } from "./review_quote.js";

/** @typedef {import("./autosave.js").Answer & {made: Record<string, number>, lease: string, until: string, holder: string,
 *   open: boolean, many: string, hint: {first: string, href: string, rest: string, fits: string}}} Saved */

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
  for (const [key, id] of Object.entries(answer.made)) name(key, String(id));
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
  const blank = blanks.get(key.replace("new-", "").split("~")[0]);
  const more = box.parentElement?.querySelector('[name^="comment-new-"]');
  if (blank && !more) box.after(blank.cloneNode(true));
  draw();
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

// --- the rubric: one line when rated, amber for the next ---

const items = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".crit-item[data-criterion]")]);
const levelOf = (/** @type {HTMLElement} */ item) => /** @type {HTMLInputElement | null} */ (item.querySelector("input:checked"));

function drawRubric() {
  const next = items.find((item) => !levelOf(item) && !item.dataset.offered);
  for (const [index, item] of items.entries()) {
    const mark = levelOf(item);
    const word = /** @type {HTMLElement} */ (item.querySelector("[data-word]"));
    item.classList.toggle("next", item === next);
    item.classList.toggle("crit-open", item === next);
    word.classList.toggle("unset", !mark);
    word.textContent = item === next ? `Rate now, ${index + 1} of ${items.length}` : (mark?.dataset.level ?? item.dataset.offeredWord ?? "Not rated");
  }
  const rated = document.querySelector("[data-rated]");
  if (rated) rated.textContent = `${items.filter(levelOf).length} of ${items.length} rated`;
  return next;
}

form.addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const item = input.name.startsWith("mark-") ? /** @type {HTMLElement} */ (input.closest(".crit-item")) : null;
  if (!item) return;
  own(item);
  const next = drawRubric();
  const details = item.querySelector("details");
  if (details && !byArrow && next !== item) details.open = false;
  const following = next?.querySelector("details");
  if (following && !byArrow) following.open = true;
  if (!byArrow) /** @type {HTMLElement | null} */ (next?.querySelector("summary"))?.focus({ preventScroll: true });
  if (!byArrow) next?.scrollIntoView({ block: "nearest" });
});

/** Rated by the coach: nothing of the last round is offered for it any more. @param {HTMLElement} item */
function own(item) {
  delete item.dataset.offered;
  delete item.dataset.offeredWord;
  const line = document.getElementById("carry");
  if (line) line.hidden = !items.some((one) => one.dataset.offered);
}

/** Keep every mark of the last round that is offered. */
function carryOver() {
  for (const item of items) {
    const input = item.dataset.offered && !levelOf(item) ? item.querySelector(`input[value="${item.dataset.offered}"]`) : null;
    if (input) /** @type {HTMLInputElement} */ (input).checked = true;
    own(item);
  }
  drawRubric();
  autosave.changed();
}

form.addEventListener("click", (event) => {
  if (!(/** @type {Element} */ (event.target).closest('[value="carry-over"]'))) return;
  event.preventDefault();
  carryOver();
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
  const item = inside ?? items.find((one) => !levelOf(one) && !one.dataset.offered) ?? items.find((one) => !levelOf(one));
  const input = /** @type {HTMLInputElement | undefined} */ (item?.querySelectorAll("input[type=radio]")[level - 1]);
  if (!input) return;
  byArrow = false;
  input.checked = true;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The field to speak of: that of the focus, or the one walked to last. */
const current = () => /** @type {HTMLElement | undefined} */ (document.activeElement?.closest(".wf") ?? fields[Math.max(at, 0)]);

/** Comment on the chosen words, on the row that has the focus, or on the current field. */
function comment() {
  const row = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest("tr[data-row]"));
  const field = current();
  const what = chosen() ?? (row && field ? ofRow(field, row) : null);
  if (what) commentOn(what);
  else if (field) open(boxOf(field));
}

/** @param {import("./review_quote.js").Chosen} what */
function commentOn(what) {
  const box = boxOf(what.field, true);
  if (!box) return;
  quote(box, what);
  open(box);
  getSelection()?.removeAllRanges();
  draw();
}

/** The box for a new comment on this field; an unused one when it `must` be empty.
 * @param {HTMLElement} field @param {boolean} [must] */
function boxOf(field, must = false) {
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
function open(box) {
  if (!box) return;
  box.open = true;
  box.querySelector("textarea")?.focus();
}

/** @param {HTMLElement} box @param {import("./review_quote.js").Chosen | null} what */
function quote(box, what) {
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
for (const button of form.querySelectorAll("[data-bank]")) /** @type {HTMLElement} */ (button).hidden = false;
for (const box of blanks.values()) for (const button of box.querySelectorAll("[data-bank]")) /** @type {HTMLElement} */ (button).hidden = false;

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
  a: carryOver,
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

if (!document.getElementById("refused") && autosave.left()) {
  import("./left_here.js").then(({ offerLeft }) => offerLeft(autosave, bringBack));
}
