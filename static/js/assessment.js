// @ts-check
/**
 * Each tap is saved at once, and the next statement comes up. What the server has not confirmed stays on this device and
 * is sent again. Without this file the buttons of the form save.
 *
 * @typedef {{slug: string, key: string, value: string, was: string}} Tap
 * @typedef {{answered: number, total: number, whole: boolean, elsewhere: string, error?: string}} Told
 */

const RETRY = 4000; // ms
const form = /** @type {HTMLFormElement} */ (document.getElementById("answers"));
const saved = /** @type {HTMLElement} */ (document.getElementById("saved"));
const count = /** @type {HTMLElement} */ (document.getElementById("count"));
const store = `assessment:${form.dataset.key}`;
const place = /** @type {string} */ (form.action.split("/").pop());

/** @type {Map<string, Tap>} what the server has not confirmed, by statement */
const waiting = new Map(left().map((tap) => [tap.key, tap]));
let busy = false;
let leaving = false;
let renewed = false; // the token was fetched anew since the last save
let timer = 0;

/** @param {string} name @returns {HTMLInputElement | null} */
const input = (name) => /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name="${name}"]`));

// --- what waits on this device ---

/** @returns {Tap[]} what an earlier page could not send */
function left() {
  try {
    return JSON.parse(localStorage.getItem(store) ?? "[]");
  } catch {
    return [];
  }
}

function keep() {
  try {
    if (waiting.size) localStorage.setItem(store, JSON.stringify([...waiting.values()]));
    else localStorage.removeItem(store);
  } catch {
    // storage is off: what is not sent yet is on this page only, and its buttons send it
  }
}

// --- saving ---

async function flush() {
  clearTimeout(timer);
  if (busy || leaving) return;
  busy = true;
  while (waiting.size) {
    const [tap] = waiting.values();
    if (!(await isSent(tap))) break;
  }
  busy = false;
  if (waiting.size) timer = window.setTimeout(flush, RETRY);
}

/** @param {Tap} tap */
function send(tap) {
  const was = input(`was-${tap.key}`)?.value ?? tap.was;
  const body = new URLSearchParams({ [`answer-${tap.key}`]: tap.value, [`was-${tap.key}`]: was, csrf_token: input("csrf_token")?.value ?? "" });
  const address = form.action.replace(/[^/]*$/, tap.slug);
  return fetch(address, { method: "POST", headers: { Accept: "application/json" }, body, redirect: "error", keepalive: true });
}

/** @param {Tap} tap @returns {Promise<boolean>} whether the server has answered for good */
async function isSent(tap) {
  try {
    const answer = await send(tap);
    /** @type {Told} */
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 400 && !renewed) return (await renewToken()) && isSent(tap);
    if (answer.status >= 500 || answer.status === 429 || answer.status === 400) throw new Error(told.error);
    if (waiting.get(tap.key) === tap) waiting.delete(tap.key);
    keep();
    if (answer.ok) accepted(tap, told);
    else saved.textContent = told.error ?? "";
    return true;
  } catch {
    saved.textContent = "Kept on this device; the server does not answer yet. It is sent again by itself.";
    return false;
  }
}

/** The session may have ended since this page was drawn: take the token of a fresh page, once. */
async function renewToken() {
  renewed = true;
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const token = /** @type {HTMLInputElement | null} */ (page.querySelector('#answers input[name="csrf_token"]'));
  const mine = input("csrf_token");
  if (token && mine) mine.value = token.value;
  return Boolean(token);
}

/** @param {Tap} tap @param {Told} told */
function accepted(tap, told) {
  renewed = false;
  const was = input(`was-${tap.key}`);
  if (was) was.value = tap.value;
  count.textContent = `${told.answered} of ${told.total}`;
  saved.textContent = told.elsewhere || "Saved.";
  if (tap.slug === place && told.whole) document.getElementById("here")?.setAttribute("class", "b-own");
}

// --- tapping ---

let tapped = false; // by pointer: the arrow keys go through the answers of one statement, and must not lead away from it
form.addEventListener("pointerdown", () => (tapped = true));
form.addEventListener("keydown", () => (tapped = false));

form.addEventListener("change", (event) => {
  const choice = /** @type {HTMLInputElement} */ (event.target);
  if (choice.type !== "radio") return;
  const key = choice.name.replace("answer-", "");
  waiting.set(key, { slug: place, key, value: choice.value, was: input(`was-${key}`)?.value ?? "" });
  keep();
  flush();
  const statement = /** @type {HTMLElement} */ (choice.closest("fieldset"));
  statement.querySelector(".control__error")?.remove();
  statement.removeAttribute("aria-describedby");
  if (tapped) (statement.nextElementSibling ?? statement).scrollIntoView({ block: "nearest" });
});

form.addEventListener("submit", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false)); // back from the cache of the browser
addEventListener("online", flush);

for (const tap of waiting.values()) {
  const choice = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name="answer-${tap.key}"][value="${tap.value}"]`));
  if (choice) choice.checked = true;
}
flush();
