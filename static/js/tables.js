// @ts-check
/**
 * Rows of the worksheet's tables, in place: added, duplicated, moved, removed, by button and by key, each with a way
 * back. Where a row stands in the form is where it stands in the answer. Without this file the same buttons send the form.
 */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */
/** @typedef {import("./undo.js").Undo} Undo */

/** @param {HTMLTableElement} table */
export function rowsOf(table) {
  return /** @type {HTMLTableRowElement[]} */ ([...table.tBodies[0].rows]);
}

/** @param {string} field */
function tableOf(field) {
  return /** @type {HTMLTableElement | null} */ (document.querySelector(`table[data-table="${field}"]`));
}

/** @param {HTMLTableRowElement} row */
export function controls(row) {
  return /** @type {Control[]} */ ([...row.querySelectorAll("input:not([type=hidden]), textarea, select")]);
}

/** @param {HTMLTableRowElement} row */
export function isBlank(row) {
  return controls(row).every((one) => !one.value.trim());
}

/** @param {HTMLTableElement} table */
export function most(table) {
  return Number(table.dataset.most);
}

/** @returns {string} */
function newId() {
  const random = Math.floor(Math.random() * 36 ** 5).toString(36);
  const id = `r${random}`; // never one of a removed row: comments stay with their rows
  return document.querySelector(`[data-row="${id}"]`) ? newId() : id;
}

/** A blank row at the end; null when the table is full. @param {HTMLTableElement} table @param {string} [id] */
export function addRow(table, id = newId()) {
  const last = rowsOf(table).at(-1);
  if (!last || rowsOf(table).length >= most(table)) return null;
  const row = copyOf(table, last, id);
  for (const one of controls(row)) one.value = "";
  last.after(row);
  number(table);
  return row;
}

/** @param {HTMLTableElement} table @param {HTMLTableRowElement} row @param {string} id */
function copyOf(table, row, id) {
  const copy = /** @type {HTMLTableRowElement} */ (row.cloneNode(true));
  controls(row).forEach((one, at) => (controls(copy)[at].value = one.value)); // what was typed is not in the markup
  rename(table, copy, id);
  return copy;
}

/** @param {HTMLTableElement} table @param {HTMLTableRowElement} row @param {string} id */
export function rename(table, row, id) {
  const old = `${table.dataset.table}~${row.dataset.row}`;
  const now = `${table.dataset.table}~${id}`;
  for (const one of row.querySelectorAll("[name]")) {
    for (const attribute of ["name", "value"]) {
      const said = one.getAttribute(attribute) ?? "";
      const ours = attribute === "name" || one instanceof HTMLButtonElement;
      if (ours && `${said}~`.startsWith(`${old}~`)) one.setAttribute(attribute, now + said.slice(old.length));
    }
  }
  row.querySelector("input[type=hidden]")?.setAttribute("value", id);
  row.dataset.row = id;
}

/** Names with the number of the row, which the page leaves out to stay small. @param {HTMLTableElement} table */
export function number(table) {
  rowsOf(table).forEach((row, index) => {
    for (const one of row.querySelectorAll("[aria-label]")) {
      const said = (one.getAttribute("aria-label") ?? "").replace(/, row \d+$/, "");
      one.setAttribute("aria-label", `${said}, row ${index + 1}`);
    }
  });
}

/** @type {[string, string, string][]} of a row's buttons: which one, its name, its icon */
const BUTTONS = [
  ['button[name="move"][value$="~up"]', "Move up", "arrow-up"],
  ['button[name="move"][value$="~down"]', "Move down", "arrow-down"],
  ['button[name="duplicate"]', "Duplicate", "copy"],
  ['button[name="remove"]', "Remove", "trash-2"],
];

/** Icons instead of words. @param {HTMLTableElement} table @param {(name: string) => Element} icon */
function dress(table, icon) {
  for (const [which, name, picture] of BUTTONS) {
    for (const button of table.querySelectorAll(which)) {
      button.setAttribute("aria-label", name);
      button.setAttribute("title", name);
      button.replaceChildren(icon(picture));
    }
  }
  number(table);
}

export class Tables {
  /** @param {HTMLFormElement} form @param {Undo} undo @param {() => void} changed called after each change of rows @param {(name: string) => Element} icon */
  constructor(form, undo, changed, icon) {
    for (const table of form.querySelectorAll("table[data-table]")) dress(/** @type {HTMLTableElement} */ (table), icon);
    this.undo = undo;
    this.changed = changed;
    form.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Whether this button is one of ours; then it is done in place. @param {HTMLButtonElement | null} button */
  takes(button) {
    const row = button?.closest("tr");
    const table = row?.closest("table") ?? (button?.name === "add" ? tableOf(button.value) : null);
    if (!button || !table) return false;
    if (button.name === "add") this.add(table);
    else if (row && button.name === "remove") this.remove(row);
    else if (row && button.name === "duplicate") this.duplicate(row);
    else if (row && button.name === "move") this.move(row, button.value.endsWith("~up") ? -1 : 1, button);
    else return false;
    return true;
  }

  /** @param {HTMLTableElement} table */
  add(table) {
    const row = addRow(table);
    if (!row) return this.full(table);
    controls(row)[0]?.focus();
    this.changed();
  }

  /** @param {HTMLTableElement} table */
  full(table) {
    this.undo.tell(`This table holds ${most(table)} rows.`);
  }

  /** @param {HTMLTableRowElement} row */
  remove(row) {
    const table = /** @type {HTMLTableElement} */ (row.closest("table"));
    const rows = rowsOf(table);
    const at = rows.indexOf(row);
    const near = rows[at + 1] ?? rows[at - 1] ?? addRow(table);
    if (!near) return this.undo.tell("This is the only row the table holds.");
    const place = this.placeIn(row);
    row.remove();
    this.settle(table, near, place);
    if (isBlank(row)) return this.undo.tell(`Row ${at + 1} removed. It was empty.`);
    this.undo.did(`Row ${at + 1} removed.`, () => this.putBack(table, row, at));
  }

  /** @param {HTMLTableElement} table @param {HTMLTableRowElement} row @param {number} at */
  putBack(table, row, at) {
    const rows = rowsOf(table);
    const spare = rows.find(isBlank);
    if (rows.length >= most(table) && !spare) {
      const words = `This table holds ${most(table)} rows: remove another one first.`;
      this.undo.later(words, () => this.putBack(table, row, at));
      return words;
    }
    if (rows.length >= most(table)) spare?.remove();
    const before = rowsOf(table)[at];
    if (before) before.before(row);
    else table.tBodies[0].append(row);
    this.settle(table, row);
  }

  /** @param {HTMLTableRowElement} row */
  duplicate(row) {
    const table = /** @type {HTMLTableElement} */ (row.closest("table"));
    if (rowsOf(table).length >= most(table)) return this.full(table);
    const place = this.placeIn(row);
    const copy = copyOf(table, row, newId());
    row.after(copy);
    this.settle(table, copy, place);
    const at = rowsOf(table).indexOf(copy) + 1;
    const written = controls(copy).map((one) => one.value).join("\n");
    this.undo.did(`Row ${at - 1} duplicated; the copy is row ${at}.`, () => {
      const typed = controls(copy).map((one) => one.value).join("\n") !== written;
      if (!copy.isConnected) return "The copy is gone already.";
      if (typed) return "You have written in the copy since, so it stays.";
      copy.remove();
      this.settle(table, row, place);
    });
  }

  /** @param {HTMLTableRowElement} row @param {number} by @param {HTMLElement} [button] */
  move(row, by, button) {
    const table = /** @type {HTMLTableElement} */ (row.closest("table"));
    const place = button ?? this.placeIn(row);
    const at = rowsOf(table).indexOf(row);
    if (!this.shift(row, by, place)) return this.undo.tell(by < 0 ? "This is the first row." : "This is the last row.");
    const words = `Row ${at + 1} moved ${by < 0 ? "up" : "down"}; it is now row ${at + by + 1}.`;
    this.undo.did(words, () => (this.shift(row, -by, place) ? undefined : "That row cannot be moved back any more."));
  }

  /** @param {HTMLTableRowElement} row @param {number} by @param {Element | null} place */
  shift(row, by, place) {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other || !row.isConnected) return false;
    if (by < 0) other.before(row);
    else other.after(row);
    this.settle(/** @type {HTMLTableElement} */ (row.closest("table")), row, place);
    return true;
  }

  /** After rows have changed: their numbers, the focus where it was in the row, the draft. @param {HTMLTableElement} table @param {HTMLTableRowElement} row @param {Element | number | null} [place] */
  settle(table, row, place = 0) {
    number(table);
    const target = typeof place === "number" ? [...row.querySelectorAll("input:not([type=hidden]), textarea, select, button")][place] : place;
    /** @type {HTMLElement | undefined} */ (target)?.focus();
    row.scrollIntoView({ block: "nearest" });
    this.changed();
  }

  /** Which of a row's controls and buttons has the focus, from 0. @param {HTMLTableRowElement} row */
  placeIn(row) {
    const all = [...row.querySelectorAll("input:not([type=hidden]), textarea, select, button")];
    return Math.max(0, all.indexOf(/** @type {Element} */ (document.activeElement)));
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const cell = /** @type {HTMLElement} */ (event.target);
    const row = cell.closest("tr[data-row]");
    if (event.isComposing || !(row instanceof HTMLTableRowElement)) return;
    const key = event.key.toLowerCase();
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (event.altKey && !event.ctrlKey && (key === "arrowup" || key === "arrowdown")) {
      // an open list and a calendar have these keys of their own
      if (!event.shiftKey && cell.matches("select, input[type=date]")) return;
      this.move(row, key === "arrowup" ? -1 : 1, cell);
    } else if (command && !event.shiftKey && key === "d") this.duplicate(row);
    else if (command && event.shiftKey && key === "backspace") this.remove(row);
    else if (key === "enter" && !event.shiftKey && !command && !event.altKey) {
      if (cell instanceof HTMLButtonElement || (cell instanceof HTMLTextAreaElement && cell.rows > 1)) return;
      this.next(row, cell);
    } else return;
    event.preventDefault();
  }

  /** Down one row in the same column, to a new one after the last. @param {HTMLTableRowElement} row @param {HTMLElement} cell */
  next(row, cell) {
    const table = /** @type {HTMLTableElement} */ (row.closest("table"));
    const place = controls(row).indexOf(/** @type {Control} */ (cell));
    const next = rowsOf(table)[rowsOf(table).indexOf(row) + 1] ?? addRow(table);
    if (next) controls(next)[place]?.focus();
    else this.full(table);
  }
}
