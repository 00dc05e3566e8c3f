// @ts-check
/**
 * The worksheet in the browser: rows in place, text areas that grow, and what the server answers to
 * a save put where it belongs. Without this file every button still works as a form.
 */
import { Autosave } from "./autosave.js";
import { longTexts } from "./editor.js";
import { Files } from "./files.js";

/** @typedef {import("./autosave.js").Answer} Answer */
/** @typedef {import("./autosave.js").Copy} Copy */

const form = /** @type {HTMLFormElement} */ (document.getElementById("work"));
const SPRITE = document.querySelector("#saved use")?.getAttribute("href")?.split("#")[0] ?? "";
const autosave = new Autosave(form, { onStatus: status, onAnswer: show });
const files = new Files(form, autosave, show, problem);

// --- what the bar says ---

/** @param {string} sentence @param {{words: string, href?: string, press?: () => void}} [link] */
function status(sentence, link) {
  const place = /** @type {HTMLElement} */ (document.querySelector("#saved span"));
  place.textContent = sentence;
  if (!link) return;
  const button = document.createElement(link.href ? "a" : "button");
  button.textContent = link.words;
  if (button instanceof HTMLAnchorElement) {
    button.href = link.href ?? "";
    button.target = "_blank";
  } else {
    button.type = "button";
    button.className = "plain";
    button.addEventListener("click", () => link.press?.());
  }
  place.append(button);
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
    next.href = `#${answer.next.anchor}`;
    put(next, answer.next.words);
  }
  standing(answer.state);
  check(answer.findings);
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

/** @param {[string, string, string][]} findings */
function check(findings) {
  const list = document.querySelector("#check .checks");
  if (!list) return;
  /** @type {Record<string, [string, string]>} */
  const words = { todo: ["no", "To do"], look: ["say", "Please look"], done: ["ok", "Done"] };
  list.replaceChildren(
    ...findings.map(([kind, sentence, anchor]) => {
      const line = element("li", "");
      const link = element(kind === "done" ? "span" : "a", kind === "done" ? "" : "Go there");
      if (link instanceof HTMLAnchorElement) {
        link.href = `#${anchor}`;
        link.append(element("span", `: ${anchor}`, "hide"));
      }
      line.append(element("b", words[kind][1], words[kind][0]), element("span", sentence), link);
      return line;
    }),
  );
}

/** @param {string} tag @param {string} words @param {string} [name] */
function element(tag, words, name) {
  const made = document.createElement(tag);
  made.textContent = words;
  if (name) made.className = name;
  return made;
}

// --- text areas that grow, where the style sheet cannot do it ---

const grows = !CSS.supports("field-sizing", "content");

/** @param {EventTarget | null} area */
function grow(area) {
  if (!grows || !(area instanceof HTMLTextAreaElement) || !area.offsetParent) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

// --- tables ---

/** @param {HTMLTableElement} table */
function rowsOf(table) {
  return /** @type {HTMLTableRowElement[]} */ ([...table.tBodies[0].rows]);
}

/** @param {string} field */
function tableOf(field) {
  return /** @type {HTMLTableElement | null} */ (document.querySelector(`table[data-table="${field}"]`));
}

/** @param {HTMLTableRowElement} row */
function controls(row) {
  return /** @type {(HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[]} */ ([
    ...row.querySelectorAll("input:not([type=hidden]), textarea, select"),
  ]);
}

/** @param {HTMLTableRowElement} row */
function clear(row) {
  for (const one of controls(row)) one.value = "";
}

/** @param {HTMLTableElement} table @param {string} [id] @returns {HTMLTableRowElement | null} */
function addRow(table, id = `r${Date.now().toString(36)}${Math.floor(Math.random() * 46656).toString(36)}`) {
  const rows = rowsOf(table);
  if (rows.length >= Number(table.dataset.most)) {
    status(`This table holds ${table.dataset.most} rows.`);
    return null;
  }
  const last = rows[rows.length - 1];
  const row = /** @type {HTMLTableRowElement} */ (last.cloneNode(true));
  clear(row);
  rename(table, row, id);
  last.after(row);
  number(table);
  return row;
}

/** @param {HTMLTableElement} table @param {HTMLTableRowElement} row @param {string} id */
function rename(table, row, id) {
  const old = `${table.dataset.table}~${row.dataset.row}`;
  const now = `${table.dataset.table}~${id}`;
  for (const one of row.querySelectorAll("[name]")) {
    const name = one.getAttribute("name") ?? "";
    if (name.startsWith(`${old}~`)) one.setAttribute("name", name.replace(old, now));
  }
  const hidden = row.querySelector("input[type=hidden]");
  hidden?.setAttribute("value", id);
  row.querySelector('button[name="remove"]')?.setAttribute("value", now);
  row.dataset.row = id;
}

/** @param {HTMLTableElement} table */
function number(table) {
  rowsOf(table).forEach((row, index) => {
    for (const one of controls(row)) {
      one.setAttribute("aria-label", (one.getAttribute("aria-label") ?? "").replace(/row \d+$/, `row ${index + 1}`));
    }
    put(row.querySelector('button[name="remove"] .hide'), `Remove row ${index + 1}`);
  });
}

/** @param {HTMLTableRowElement} row */
function removeRow(row) {
  const table = /** @type {HTMLTableElement} */ (row.closest("table"));
  const rows = rowsOf(table);
  const near = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
  if (near) row.remove();
  else clear(row);
  number(table);
  const target = near ?? row;
  /** @type {HTMLElement | null} */ (target.querySelector('button[name="remove"]'))?.focus();
  autosave.changed();
}

/** @param {KeyboardEvent} event */
function enterInCell(event) {
  const cell = /** @type {HTMLElement} */ (event.target);
  const row = cell.closest("tr[data-row]");
  if (event.key !== "Enter" || event.isComposing || event.shiftKey || !(row instanceof HTMLTableRowElement)) return;
  if (cell instanceof HTMLButtonElement || (cell instanceof HTMLTextAreaElement && cell.rows > 1)) return;
  event.preventDefault();
  const table = /** @type {HTMLTableElement} */ (row.closest("table"));
  const place = controls(row).indexOf(/** @type {any} */ (cell));
  const next = rowsOf(table)[rowsOf(table).indexOf(row) + 1] ?? addRow(table);
  if (next) controls(next)[place]?.focus();
}

// --- text that only this device has ---

/** @param {Copy} copy */
function offerCopy(copy) {
  const when = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" }).format(copy.at);
  const notice = element("div", "", "notice notice--note");
  notice.setAttribute("role", "status");
  const words = element("span", `This device holds text of ${when} that the server has not. `);
  const back = element("button", "Put it back", "btn btn--small");
  const drop = element("button", "Throw it away", "btn btn--quiet btn--small");
  for (const one of [back, drop]) one.setAttribute("type", "button");
  back.addEventListener("click", () => {
    restore(copy);
    notice.remove();
    autosave.changed();
  });
  drop.addEventListener("click", () => {
    autosave.forget();
    notice.remove();
  });
  const acts = element("span", "", "acts");
  acts.append(back, drop);
  notice.append(words, acts);
  form.before(notice);
}

/** Fill the form from a copy; saving then compares with what this page showed when the copy was typed. @param {Copy} copy */
function restore(copy) {
  /** @type {Map<string, string[]>} */
  const values = new Map();
  for (const [name, value] of copy.entries) values.set(name, [...(values.get(name) ?? []), value]);
  for (const table of /** @type {NodeListOf<HTMLTableElement>} */ (document.querySelectorAll("table[data-table]"))) {
    restoreRows(table, (values.get(`${table.dataset.table}~row`) ?? []).filter(Boolean));
  }
  for (const control of /** @type {Iterable<HTMLInputElement>} */ (form.elements)) {
    const wanted = values.get(control.name);
    if (control.type === "checkbox" || control.type === "radio") control.checked = Boolean(wanted?.includes(control.value));
    else if (wanted && control.type !== "hidden" && control.type !== "submit") control.value = wanted[0];
    control.dispatchEvent(new Event("refresh")); // see editor.js
    grow(control);
  }
  for (const name of ["was", "version"]) autosave.input(name).value = name === "was" ? copy.was : copy.version;
}

/** @param {HTMLTableElement} table @param {string[]} ids */
function restoreRows(table, ids) {
  if (!ids.length) return;
  const rows = rowsOf(table);
  ids.forEach((id, index) => (rows[index] ? rename(table, rows[index], id) : addRow(table, id)));
  for (const row of rowsOf(table).slice(ids.length)) row.remove();
}

// --- sections ---

/** A link into a section that is shut to one line opens it. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const shut = target?.closest("details.shut") ?? target?.querySelector(":scope > details.shut");
  if (!target || !(shut instanceof HTMLDetailsElement) || shut.open) return;
  shut.open = true;
  target.scrollIntoView();
}

function followSections() {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".toc a[href^='#']"));
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links) {
          if (link.hash === `#${entry.target.id}` && link.closest("ol")) link.setAttribute("aria-current", "location");
          else link.removeAttribute("aria-current");
        }
      }
    },
    { rootMargin: "-15% 0px -75% 0px" },
  );
  for (const section of form.querySelectorAll(".sec[id]")) seen.observe(section);
}

// --- start ---

form.addEventListener("submit", (event) => {
  const pressed = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const row = pressed?.closest("tr");
  if (pressed?.name === "add") {
    event.preventDefault();
    const table = tableOf(pressed.value);
    const added = table && addRow(table);
    if (added) controls(added)[0]?.focus();
    autosave.changed();
  } else if (pressed?.name === "remove" && row) {
    event.preventDefault();
    removeRow(row);
  } else if (pressed?.name === "save") {
    event.preventDefault();
    autosave.save();
  } else if (files.takes(pressed)) {
    event.preventDefault();
  } else {
    autosave.leaves();
  }
});
form.addEventListener("keydown", enterInCell);
form.addEventListener("input", (event) => grow(event.target));
form.addEventListener("toggle", () => form.querySelectorAll("textarea").forEach(grow), true);
longTexts(form, SPRITE);
for (const button of form.querySelectorAll(".sec__save")) /** @type {HTMLElement} */ (button).hidden = true;
form.querySelectorAll("textarea").forEach(grow);
followSections();
openTarget();
addEventListener("hashchange", openTarget);
const copy = autosave.left();
if (copy) offerCopy(copy);
