// @ts-check
/**
 * The words that comments are about: drawn in the text with the Custom Highlight API, linked with their comments by
 * hover, focus and click. Without it the quotes stand with the comments.
 *
 * An element that says a comment carries data-at (the field), data-words with data-before and data-after, data-row-at.
 *
 * @typedef {{text: string, at: {node: Text, offset: number}[]}} Read a text with one space between words, and where
 *   each of its characters stands
 */

const BODY = ".wf__body, .frozen, .led";
const SKIP = "del, thead, .gone, .new, .rest, .removed, .row-act, .wf__sum, .sum, .shows, .files";
const BLOCK = "p, li, h3, h4, blockquote, td, th, div";
const CONTEXT = 32;

/** @param {string} id @returns {HTMLElement | null} */
const fieldOf = (id) => document.getElementById(`f${id}`) ?? document.getElementById(id);

/** The answer in this part of the page as it is now, without what was taken out. @param {Element} part @returns {Read} */
export function read(part) {
  /** @type {Read} */
  const found = { text: "", at: [] };
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  /** @type {Element | null | undefined} */
  let block = null;
  let gap = false;
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    const parent = node.parentElement;
    if (!parent?.closest(BODY) || parent.closest(SKIP)) continue;
    if (parent.closest(BLOCK) !== block || node.previousSibling?.nodeName === "BR") gap = true;
    block = parent.closest(BLOCK);
    for (let offset = 0; offset < node.data.length; offset += 1) {
      const letter = node.data[offset];
      if (/\s/.test(letter)) {
        gap = true;
        continue;
      }
      if (gap && found.text) {
        found.text += " ";
        found.at.push({ node, offset });
      }
      gap = false;
      found.text += letter;
      found.at.push({ node, offset });
    }
  }
  return found;
}

/** Whether a new paragraph, item or cell begins with the character at `index`. @param {Read} from @param {number} index */
export function beginsBlock(from, index) {
  const [one, other] = [from.at[index - 2], from.at[index]].map((place) => place?.node.parentElement?.closest(BLOCK));
  return from.text[index - 1] === " " && one !== other;
}

/** @param {Read} from @param {number} start @param {number} end */
function rangeOf(from, start, end) {
  const range = document.createRange();
  range.setStart(from.at[start].node, from.at[start].offset);
  range.setEnd(from.at[end - 1].node, from.at[end - 1].offset + 1);
  return range;
}

/** @param {string} one @param {string} other how many characters both begin with */
function alike(one, other) {
  let count = 0;
  while (count < one.length && count < other.length && one[count] === other[count]) count += 1;
  return count;
}

const reversed = (/** @type {string} */ text) => [...text].reverse().join("");

/** Where these words stand; of several places the one whose surroundings fit best. -1: nowhere.
 * @param {string} text @param {string} words @param {string} before @param {string} after */
function find(text, words, before, after) {
  let [best, most] = [-1, -1];
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const fit =
      alike(reversed(text.slice(0, at).trimEnd()), reversed(before)) + alike(text.slice(at + words.length).trimStart(), after);
    if (fit > most) [best, most] = [at, fit];
  }
  return best;
}

/** What a comment is about, in the page. @param {HTMLElement} said @returns {Range | null} */
function passage(said) {
  const { at = "", words = "", before = "", after = "", rowAt = "" } = said.dataset;
  const field = fieldOf(at);
  const row = rowAt ? field?.querySelector(`tr[data-row="${CSS.escape(rowAt)}"]`) : null;
  const part = row ?? field;
  if (!part || (!words && !row)) return null;
  const text = read(part);
  const start = words ? find(text.text, words, before, after) : 0;
  const end = words && start >= 0 ? start + words.length : text.text.length;
  if (start < 0 && row) return text.text ? rangeOf(text, 0, text.text.length) : null;
  return start < 0 || !text.text ? null : rangeOf(text, start, end);
}

// --- drawing and linking ---

/** @type {Map<HTMLElement, Range>} */
let drawn = new Map();
const registry = "highlights" in CSS ? CSS.highlights : null;

/** Draw the passages of all comments on the page; again after one was added or changed. */
export function draw() {
  drawn = new Map();
  for (const said of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-at]"))) {
    const range = passage(said);
    if (range) drawn.set(said, range);
  }
  registry?.set("passage", new Highlight(...drawn.values()));
}

/** @param {HTMLElement | null | undefined} said */
export function point(said) {
  const range = said && drawn.get(said);
  registry?.set("passage-now", range ? new Highlight(range) : new Highlight());
  for (const one of drawn.keys()) one.classList.toggle("is-pointed", one === said);
}

/** Bring the passage of a comment into view. @param {HTMLElement | null | undefined} said */
export function show(said) {
  const range = said && drawn.get(said);
  if (!range) return false;
  const inside = range.startContainer.parentElement;
  for (let shut = inside?.closest("details:not([open])"); shut; shut = shut.parentElement?.closest("details:not([open])")) {
    shut.setAttribute("open", "");
  }
  inside?.scrollIntoView({ block: "center" });
  point(said);
  return true;
}

const saying = (/** @type {Event} */ event) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest?.("[data-at]"));
document.addEventListener("pointerover", (event) => point(saying(event) ?? under(event)));
document.addEventListener("focusin", (event) => point(saying(event)));
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest("a[data-passage]"));
  if (link) {
    const said = /** @type {HTMLElement | null} */ (link.closest("[data-at]"));
    if (said && show(said)) event.preventDefault();
    return;
  }
  const said = getSelection()?.isCollapsed && target.closest(BODY) ? under(event) : null;
  if (said) said.scrollIntoView({ block: "nearest" });
});

/** The comment whose passage is at this point of the page. @param {MouseEvent} event */
function under(event) {
  if (!(/** @type {Element} */ (event.target).closest?.(BODY))) return null;
  for (const [said, range] of drawn) {
    for (const box of range.getClientRects()) {
      const across = event.clientX >= box.left && event.clientX <= box.right;
      if (across && event.clientY >= box.top && event.clientY <= box.bottom) return said;
    }
  }
  return null;
}

// --- choosing words to comment on ---

/**
 * The chosen words as an anchor; null when nothing of an answer is chosen.
 * @returns {{field: HTMLElement, row: string, words: string, before: string, after: string, range: Range} | null}
 */
export function chosen() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const inside = range.startContainer instanceof Element ? range.startContainer : range.startContainer.parentElement;
  const field = /** @type {HTMLElement | null} */ (inside?.closest(".wf[data-field]"));
  if (!field || !inside?.closest(".wf__body")) return null;
  const row = common(range)?.closest("tr[data-row]");
  const text = read(row ?? field);
  const taken = text.at.map(({ node, offset }, index) => (within(range, node, offset) && text.text[index] !== " " ? index : -1)).filter((one) => one >= 0);
  if (!taken.length) return null;
  return anchor(field, /** @type {HTMLElement | null} */ (row ?? null), text, taken[0], taken[taken.length - 1] + 1);
}

const common = (/** @type {Range} */ range) =>
  range.commonAncestorContainer instanceof Element ? range.commonAncestorContainer : range.commonAncestorContainer.parentElement;

/** @param {Range} range @param {Text} node @param {number} offset */
function within(range, node, offset) {
  return range.comparePoint(node, offset) === 0 && range.comparePoint(node, offset + 1) === 0;
}

/** @param {HTMLElement} field @param {HTMLElement | null} row @param {Read} text @param {number} start @param {number} end */
export function anchor(field, row, text, start, end) {
  while (start > 0 && text.text[start - 1] !== " ") start -= 1;
  while (end < text.text.length && text.text[end] !== " ") end += 1;
  end = Math.min(end, start + 300);
  return {
    field,
    row: row?.dataset.row ?? "",
    words: text.text.slice(start, end).trim(),
    before: text.text.slice(Math.max(0, start - CONTEXT), start).trim(),
    after: text.text.slice(end, end + CONTEXT).trim(),
    range: rangeOf(text, start, end),
  };
}

draw();
