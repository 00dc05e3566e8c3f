// @ts-check
// The queue renews itself while it is looked at, and can be walked by keys. Without it the page stands still and its
// buttons and links do the same.
import { lettersOn, setLetters, typing } from "./keys.js";

const EVERY = 60_000; // milliseconds
const said = /** @type {HTMLElement} */ (document.getElementById("queue-new"));
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("keys"));

/** @param {ParentNode} [root] */
const rowsIn = (root = document) => /** @type {HTMLElement[]} */ ([...root.querySelectorAll("#queue .q")]);
const part = (/** @type {ParentNode} */ root, /** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(id));
const buttonOf = (/** @type {HTMLElement | undefined} */ row) => /** @type {HTMLElement | null | undefined} */ (row?.querySelector(".q__go button, .q__go a"));

// --- walking ---

let at = -1;
let atId = ""; // the same row after the list was renewed

/** @param {number} step */
function go(step) {
  const rows = rowsIn();
  if (!rows.length) return;
  at = Math.min(Math.max(at + step, 0), rows.length - 1);
  buttonOf(rows[at])?.focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("focusin", (event) => {
  const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("#queue .q"));
  if (!row) return;
  at = rowsIn().indexOf(row);
  atId = row.dataset.id ?? "";
});

/** @type {Record<string, () => void>} */
const LETTERS = { j: () => go(1), k: () => go(-1), "?": () => dialog.showModal() };

document.addEventListener("keydown", (event) => {
  if (!lettersOn() || typing(event) || !LETTERS[event.key]) return;
  event.preventDefault();
  LETTERS[event.key]();
});

const choice = /** @type {HTMLInputElement} */ (document.getElementById("keys-on"));
choice.checked = lettersOn();
choice.addEventListener("change", () => setLetters(choice.checked));
document.getElementById("keys-open")?.addEventListener("click", () => dialog.showModal());
document.getElementById("keys-close")?.addEventListener("click", () => dialog.close());
/** @type {HTMLElement} */ (document.getElementById("queue-keys")).hidden = false;

// --- renewing ---

let version = "";
let timer = 0;
/** @type {Document | null} */
let waiting = null; // a newer list, held back while the coach is inside a row

async function renew() {
  window.clearTimeout(timer);
  if (document.hidden) return;
  try {
    /** @type {Record<string, string>} */
    const headers = version ? { "If-None-Match": `"${version}"` } : {};
    const answer = await fetch(`/coaching/queue/list${location.search}`, { headers, cache: "no-store" });
    if (answer.status === 200 && !answer.redirected) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // no network: the list stays as it is, and is asked for again
  }
  timer = window.setTimeout(renew, EVERY);
}

/** @param {Document} page */
function take(page) {
  const known = new Set(rowsIn().map((row) => row.dataset.id));
  const fresh = rowsIn(page).filter((row) => !known.has(row.dataset.id)).length;
  if (part(document, "#queue").contains(document.activeElement)) {
    waiting = page;
    if (fresh) offer(fresh);
    return;
  }
  put(page);
  if (fresh) say(`${fresh} new`);
}

/** @param {number} fresh */
function offer(fresh) {
  if (said.dataset.fresh === String(fresh)) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--small btn--quiet" });
  button.textContent = fresh === 1 ? "Show it" : "Show them";
  button.addEventListener("click", () => {
    if (waiting) put(waiting);
    buttonOf(rowsIn()[at])?.focus({ preventScroll: true });
  });
  said.dataset.fresh = String(fresh);
  said.replaceChildren(`${fresh} new `, button);
}

/** @param {string} words */
function say(words) {
  delete said.dataset.fresh;
  said.textContent = words;
}

/**
 * The newer list in the place of the old one; what stood under the eyes stays there.
 * @param {Document} page
 */
function put(page) {
  const eyes = rowsIn().find((row) => row.getBoundingClientRect().bottom > 0);
  const before = eyes?.getBoundingClientRect().top ?? 0;
  version = part(page, "#queue").dataset.version ?? "";
  waiting = null;
  for (const id of ["#queue-head", "#queue"]) part(document, id).replaceWith(part(page, id));
  say("");
  const same = rowsIn().find((row) => row.dataset.id === eyes?.dataset.id);
  if (same && window.scrollY > 0) window.scrollBy(0, same.getBoundingClientRect().top - before);
  const place = rowsIn().findIndex((row) => row.dataset.id === atId);
  if (place >= 0) at = place;
}

document.addEventListener("visibilitychange", renew);
window.addEventListener("pageshow", (event) => event.persisted && renew());
timer = window.setTimeout(renew, EVERY);
