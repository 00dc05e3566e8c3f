// @ts-check
/**
 * Cells of a spreadsheet pasted into a table: to the right and down from the cell with the focus, or by the names of the
 * columns when the first row holds them. What does not fit a list or a date stays as it was typed, as on the server.
 */
import { addRow, controls, isBlank, most, number, rowsOf } from "./tables.js";

/** @typedef {import("./tables.js").Control} Control */
/** @typedef {import("./undo.js").Undo} Undo */

/** Rows of a text with tabs, as Excel and Sheets put it: a cell with a line break, a tab or a quote is quoted. @param {string} text */
function cellsOf(text) {
  /** @type {string[][]} */
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/y;
  const whole = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  while (cell.lastIndex <= whole.length) {
    const found = /** @type {RegExpExecArray} */ (cell.exec(whole));
    rows[rows.length - 1].push((found[1]?.replaceAll('""', '"') ?? found[2]).trim());
    if (!found[3]) break;
    if (found[3] === "\n") rows.push([]);
  }
  return rows;
}

/** The first table of a page's clipboard, for those that put no tabs into the text. @param {string} html */
function cellsOfHtml(html) {
  const bare = html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/\sstyle=(?:"[^"]*"|'[^']*')/gi, ""); // the page's policy would complain
  const table = new DOMParser().parseFromString(bare, "text/html").querySelector("table");
  const lines = (/** @type {Element} */ cell) => {
    for (const one of cell.querySelectorAll("br")) one.replaceWith("\n");
    return (cell.textContent ?? "").replaceAll("\u00a0", " ").replace(/[ \t\f\r]+/g, " ").replace(/ ?\n ?/g, "\n").trim();
  };
  return [...(table?.rows ?? [])].map((row) => [...row.cells].map(lines));
}

/** @param {DataTransfer} data */
function read(data) {
  const rows = cellsOf(data.getData("text/plain"));
  const wide = (/** @type {string[][]} */ all) => all.some((row) => row.length > 1);
  if (wide(rows)) return rows;
  const html = data.getData("text/html");
  const table = /<table/i.test(html) ? cellsOfHtml(html) : [];
  if (table.length) return table.length > 1 || wide(table) ? table : null;
  return null; // one cell, or a text: pasted as any text is
}

/** @param {string} words */
const plain = (words) => words.toLowerCase().replace(/\(optional\)/g, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/** Which column each pasted one goes to, when the first row holds names; null otherwise. @param {HTMLTableElement} table @param {string[]} first */
function byName(table, first) {
  const cells = [...rowsOf(table)[0].querySelectorAll("td[data-label]")];
  const heads = [...(table.tHead?.rows[0].cells ?? [])];
  const names = cells.map((one, at) => [plain(one.getAttribute("data-label") ?? ""), plain(heads[at]?.textContent ?? "")]);
  const found = first.map((cell) => (plain(cell) ? names.findIndex((both) => both.includes(plain(cell))) : -1));
  const known = found.filter((at) => at >= 0);
  const needed = Math.max(first.filter((cell) => cell).length > 1 ? 2 : 1, Math.ceil(first.filter((cell) => cell).length / 2));
  return known.length >= needed && new Set(known).size === known.length ? found : null;
}

/** @param {string} text */
function dayOf(text) {
  const iso = text.match(/^(\d{4})-(\d{1,2})-(\d{1,2})/);
  const us = text.match(/^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/);
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : us ? [us[3].length === 2 ? `20${us[3]}` : us[3], us[1], us[2]] : [];
  const words = !year && /[a-z]{3}/i.test(text) && /\b\d{4}\b/.test(text) ? new Date(`${text} UTC`) : null;
  const found = year ? new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))) : words;
  if (!found || Number.isNaN(found.valueOf()) || (day && found.getUTCDate() !== Number(day))) return "";
  return found.toISOString().slice(0, 10);
}

/** Put a pasted text into a control, as typed when it does not fit. @param {Control} control @param {string} text @returns {boolean} whether it fits */
function fill(control, text) {
  if (control instanceof HTMLSelectElement) {
    const wanted = [...control.options].find((one) => plain(one.text) === plain(text) || one.value === text);
    if (!wanted) control.add(new Option(text, text));
    control.value = wanted ? wanted.value : text;
    return Boolean(wanted) || !text;
  }
  if (control.type === "date" || control.dataset.day) {
    const day = dayOf(text);
    control.dataset.day = "yes";
    /** @type {HTMLInputElement} */ (control).type = day || !text ? "date" : "text"; // a date control drops what it cannot read
    control.value = day || text;
    return Boolean(day) || !text;
  }
  control.value = control instanceof HTMLTextAreaElement ? text : text.replace(/\s+/g, " ");
  return control.inputMode !== "decimal" || !text || /^[^\d-]{0,4}-?[\d.,\s]+[^\d]{0,4}$/.test(text);
}

export class Paste {
  /** @param {HTMLFormElement} form @param {Undo} undo @param {(control: Control) => void} filled @param {() => void} changed */
  constructor(form, undo, filled, changed) {
    this.undo = undo;
    this.filled = filled;
    this.changed = changed;
    form.addEventListener("paste", (event) => this.pasted(event));
  }

  /** @param {ClipboardEvent} event */
  pasted(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = target.closest?.("tr[data-row]");
    const rows = event.clipboardData && row ? read(event.clipboardData) : null;
    if (!rows || !(row instanceof HTMLTableRowElement)) return;
    event.preventDefault();
    this.put(row, controls(row).indexOf(/** @type {Control} */ (target)), rows);
  }

  /** @param {HTMLTableRowElement} row @param {number} column @param {string[][]} cells */
  put(row, column, cells) {
    const table = /** @type {HTMLTableElement} */ (row.closest("table"));
    const names = byName(table, cells[0]);
    const body = (names ? cells.slice(1) : cells).filter((one) => one.some(Boolean));
    const start = rowsOf(table).indexOf(row);
    /** @type {HTMLTableRowElement[]} */
    const added = [];
    /** @type {{control: Control, was: string, type: string, now: string}[]} */
    const done = [];
    let [fits, odd, outside] = [0, 0, 0];
    for (const [at, line] of body.entries()) {
      const place = rowsOf(table)[start + at] ?? this.grow(table, added);
      if (!place) {
        outside = body.length - at;
        break;
      }
      let fine = true;
      for (const [index, text] of line.entries()) {
        const control = controls(place)[names ? names[index] : column + index];
        if (!control && text) fine = false;
        if (!control) continue;
        const was = { control, was: control.value, type: control.type };
        fine = fill(control, text) && fine;
        done.push({ ...was, now: control.value });
        this.filled(control);
      }
      if (fine) fits += 1;
      else odd += 1;
    }
    number(table);
    controls(row)[Math.max(0, column)]?.focus();
    this.changed();
    this.undo.did(words(fits + odd, odd, outside, most(table)), () => this.back(table, done, added));
  }

  /** @param {HTMLTableElement} table @param {HTMLTableRowElement[]} added */
  grow(table, added) {
    const row = addRow(table);
    if (row) added.push(row);
    return row;
  }

  /** What was typed over since stays. @param {HTMLTableElement} table @param {{control: Control, was: string, type: string, now: string}[]} done @param {HTMLTableRowElement[]} added */
  back(table, done, added) {
    let typed = 0;
    for (const { control, was, type, now } of done.reverse()) {
      if (control.value !== now) {
        typed += 1;
        continue;
      }
      if (control instanceof HTMLInputElement) control.type = type;
      control.value = was;
      this.filled(control);
    }
    for (const row of added) if (isBlank(row)) row.remove();
    number(table);
    this.changed();
    if (typed) return `Undone, except for ${typed === 1 ? "one cell" : `${typed} cells`} changed since.`;
  }
}

/** @param {number} pasted @param {number} odd @param {number} outside @param {number} limit */
function words(pasted, odd, outside, limit) {
  const rows = pasted === 1 ? "1 row pasted" : `${pasted} rows pasted`;
  const misfit = odd ? `, ${odd} did not fit: see the sentence above the table` : "";
  const left = outside ? `. ${outside === 1 ? "1 row is" : `${outside} rows are`} left out: this table holds ${limit}` : "";
  return `${rows}${misfit}${left}.`;
}
