// @ts-check
// Choosing what a comment is about: words by mouse, touch or from a list of sentences, and rows by their button.
import { anchor, beginsBlock, chosen, read } from "./passages.js";

/** @typedef {NonNullable<ReturnType<typeof chosen>>} Chosen */

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("passages"));
const list = /** @type {HTMLElement} */ (document.getElementById("passages-list"));

/** One small button beside chosen words. @param {(what: Chosen) => void} comment */
export function offerOnSelection(comment) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quote-this btn btn--small", textContent: "Comment on this", hidden: true });
  document.body.append(button);
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // the words stay chosen
  button.addEventListener("click", () => {
    const what = chosen();
    button.hidden = true;
    if (what) comment(what);
  });
  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => place(button), 120);
  });
}

/** Below the last of the chosen words, where neither finger nor handles are. @param {HTMLElement} button */
function place(button) {
  const what = chosen();
  button.hidden = !what;
  if (!what) return;
  const boxes = what.range.getClientRects();
  const last = boxes[boxes.length - 1];
  if (!last) return;
  const touch = matchMedia("(pointer: coarse)").matches;
  button.style.top = `${scrollY + last.bottom + (touch ? 28 : 6)}px`;
  button.style.left = `${Math.max(8, Math.min(last.right - 60, innerWidth - button.offsetWidth - 8))}px`;
}

/** A button in each row of each table. @param {(what: Chosen) => void} comment */
export function offerOnRows(comment) {
  for (const table of document.querySelectorAll(".wf table.frozen")) {
    const field = /** @type {HTMLElement} */ (table.closest(".wf"));
    const head = document.createElement("th");
    head.scope = "col";
    head.innerHTML = '<span class="hide">Comment</span>';
    table.querySelector("thead tr")?.append(head);
    for (const cell of table.querySelectorAll("tr.rest td")) /** @type {HTMLTableCellElement} */ (cell).colSpan += 1;
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (table.querySelectorAll("tbody tr:not(.rest)"))) {
      const cell = Object.assign(document.createElement("td"), { className: "row-act" });
      row.append(cell);
      if (!row.dataset.row) continue;
      const number = [...table.querySelectorAll("tr[data-row]")].indexOf(row) + 1;
      const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "Comment" });
      button.append(Object.assign(document.createElement("span"), { className: "hide", textContent: ` on row ${number}` }));
      button.addEventListener("click", () => comment(ofRow(field, row)));
      cell.append(button);
    }
  }
}

/** @param {HTMLElement} field @param {HTMLElement} row */
export function ofRow(field, row) {
  const text = read(row);
  if (text.text) return anchor(field, row, text, 0, text.text.length);
  return { field, row: row.dataset.row ?? "", words: "", before: "", after: "", range: document.createRange() };
}

/** The sentences of a field, to choose one from by keyboard. @param {HTMLElement} field @param {(what: Chosen) => void} comment */
export function chooseSentence(field, comment) {
  const text = read(field);
  /** @type {[number, number][]} */
  const spans = [];
  for (let start = 0, at = 1; at <= text.text.length; at += 1) {
    const ends = text.text[at] === " " && /[.!?;:]/.test(text.text[at - 1]);
    if (!(ends || at === text.text.length || beginsBlock(text, at + 1))) continue;
    if (text.text.slice(start, at).trim()) spans.push([start, at]);
    start = at + 1;
  }
  if (!spans.length) return;
  list.replaceChildren(
    ...spans.slice(0, 200).map(([start, end]) => {
      const item = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text.text.slice(start, end) });
      button.addEventListener("click", () => {
        dialog.close();
        comment(anchor(field, rowAt(text, start, end), text, start, end));
      });
      item.append(button);
      return item;
    }),
  );
  dialog.showModal();
  /** @type {HTMLElement | null} */ (list.querySelector("button"))?.focus();
}

/** @param {import("./passages.js").Read} text @param {number} start @param {number} end */
function rowAt(text, start, end) {
  const [one, other] = [text.at[start], text.at[end - 1]].map(({ node }) => node.parentElement?.closest("tr[data-row]"));
  return /** @type {HTMLElement | null} */ (one && one === other ? one : null);
}

list.addEventListener("keydown", walkList);
document.getElementById("passages-close")?.addEventListener("click", () => dialog.close());

/** Arrow keys, J and K go through a list of buttons. @param {KeyboardEvent} event */
export function walkList(event) {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  const own = /** @type {HTMLElement} */ (event.currentTarget);
  if (!step) return;
  const buttons = /** @type {HTMLElement[]} */ ([...own.querySelectorAll("li:not([hidden]) button")]);
  const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)]?.focus();
  event.preventDefault();
}
