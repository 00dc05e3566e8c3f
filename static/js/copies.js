// @ts-check
/**
 * Text of a worksheet that only this device has: put back, or thrown away with a way back. The whole sheet and each of its
 * sections keep a copy of their own; a page names the others' too, so that none is forgotten in a section nobody opens.
 */
import { notice, offer } from "./left_here.js";
import { addRow, rename, rowsOf } from "./tables.js";

/** @typedef {import("./autosave.js").Autosave} Autosave */
/** @typedef {import("./autosave.js").Copy} Copy */
/** @typedef {import("./undo.js").Undo} Undo */

/** @param {HTMLFormElement} form @param {Autosave} autosave @param {Undo} undo @param {(control: Element) => void} filled */
export function offerCopies(form, autosave, undo, filled) {
  const own = autosave.left();
  if (own) offer(form, own, () => putBack(form, autosave, own, filled), () => throwAway(form, autosave, undo, autosave.key, own, filled));
  const whole = autosave.key.split(":").slice(0, 3).join(":");
  for (const key of others(whole, autosave.key)) {
    const copy = autosave.left(key);
    if (!copy) continue;
    if (isHere(form, copy)) autosave.forget(key);
    else if (autosave.key === whole) {
      offer(form, copy, () => putBack(form, autosave, copy, filled, key), () => throwAway(form, autosave, undo, key, copy, filled));
    } else leadUnlessSaved(form, autosave, copy, key);
  }
}

/** @param {string} whole @param {string} own */
function others(whole, own) {
  try {
    return Object.keys(localStorage).filter((one) => one !== own && `${one}:`.startsWith(`${whole}:`));
  } catch {
    return []; // storage is off
  }
}

/** Whether the page holds all of it already. @param {HTMLFormElement} form @param {Copy} copy */
function isHere(form, copy) {
  const data = new FormData(form);
  const said = (/** @type {string} */ name) => data.getAll(name).map((one) => String(one).replaceAll("\r\n", "\n"));
  return [...grouped(copy)].every(([name, values]) => JSON.stringify(said(name)) === JSON.stringify(values));
}

/** @param {Copy} copy */
function grouped(copy) {
  /** @type {Map<string, string[]>} */
  const values = new Map();
  for (const [name, value] of copy.entries) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

/** @param {HTMLFormElement} form @param {Autosave} autosave @param {Undo} undo @param {string} key @param {Copy} copy @param {(control: Element) => void} filled */
function throwAway(form, autosave, undo, key, copy, filled) {
  autosave.forget(key);
  undo.did("The copy of this device is thrown away.", () => {
    localStorage.setItem(key, JSON.stringify(copy));
    offer(form, copy, () => putBack(form, autosave, copy, filled, key), () => throwAway(form, autosave, undo, key, copy, filled));
    return "The copy is there again.";
  });
}

/** Where it belongs, unless the server has it by now: a page that is left sends its last words without waiting. @param {HTMLFormElement} form @param {Autosave} autosave @param {Copy} copy @param {string} key */
async function leadUnlessSaved(form, autosave, copy, key) {
  const section = key.split(":")[3] ?? ""; // '' is the whole worksheet
  const address = `${new URL(form.dataset.home ?? "", location.href).pathname}${section ? `?section=${section}` : ""}`;
  const page = await fetch(address).then((answer) => answer.text()).catch(() => "");
  const there = new DOMParser().parseFromString(page, "text/html").getElementById(form.id);
  if (there instanceof HTMLFormElement && isHere(there, copy)) return autosave.forget(key);
  const words = section === "send" ? "the last step" : section ? `section ${section}` : "the whole worksheet";
  const box = notice(form, `This device holds text of ${words} that the server has not. `);
  const link = document.createElement("a");
  link.href = address;
  link.textContent = "Open it there";
  box.append(link);
}

/** Fill the form from a copy; saving then compares with what its page showed when it was typed. @param {HTMLFormElement} form @param {Autosave} autosave @param {Copy} copy @param {(control: Element) => void} filled @param {string} [key] where the copy was kept, if not under this page's own key */
function putBack(form, autosave, copy, filled, key = autosave.key) {
  const values = grouped(copy);
  for (const table of /** @type {NodeListOf<HTMLTableElement>} */ (form.querySelectorAll("table[data-table]"))) {
    restoreRows(table, (values.get(`${table.dataset.table}~row`) ?? []).filter(Boolean));
  }
  for (const control of /** @type {Iterable<HTMLInputElement>} */ (form.elements)) {
    const wanted = values.get(control.name);
    if (!wanted) continue; // of a section that is not in this copy
    if (control.type === "checkbox" || control.type === "radio") control.checked = wanted.includes(control.value);
    else if (control.type !== "hidden" && control.type !== "submit" && control.value !== wanted[0]) {
      control.value = wanted[0];
      for (const news of ["refresh", "input"]) control.dispatchEvent(new Event(news, { bubbles: true }));
    }
    filled(control);
  }
  autosave.input("was").value = JSON.stringify({ ...marks(autosave.input("was").value), ...marks(copy.was) });
  autosave.input("version").value = copy.version;
  autosave.changed(); // kept under the key of this page from here on
  if (key !== autosave.key) autosave.forget(key);
}

/** @param {string} json @returns {Record<string, string>} */
function marks(json) {
  try {
    return JSON.parse(json) ?? {};
  } catch {
    return {};
  }
}

/** @param {HTMLTableElement} table @param {string[]} ids */
function restoreRows(table, ids) {
  if (!ids.length) return;
  const rows = rowsOf(table);
  ids.forEach((id, index) => (rows[index] ? rename(table, rows[index], id) : addRow(table, id)));
  for (const row of rowsOf(table).slice(ids.length)) row.remove();
}
