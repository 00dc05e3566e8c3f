// @ts-check
/**
 * An application is kept while it is typed: on the server for who is signed in, else on this device. What an earlier page
 * left here is put back; what was typed before signing in is handed to the server, and only then forgotten here. The page
 * that says it was sent names the copies. Without this file the form sends as it is, and has a button to save.
 */
import * as device from "./kept_copy.js";
import { say } from "./say.js";

/** @typedef {import("./autosave.js").Copy} Copy */
const OWN = ["csrf_token", "was", "version"];
const PERSON = ["name", "email", "time_zone"]; // who is signed in is known

/** @param {HTMLFormElement} form */
function entries(form) {
  const found = [...new FormData(form)].filter(([name, value]) => !OWN.includes(name) && typeof value === "string");
  return /** @type {[string, string][]} */ (found);
}

/** @param {HTMLFormElement} form @param {string} name */
const controls = (form, name) =>
  /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type="hidden"])`));

/** @param {HTMLFormElement} form @param {Copy} copy @param {boolean} [beside] keep what the page has as well */
function putBack(form, copy, beside = false) {
  for (const [name, value] of copy.entries) {
    for (const one of controls(form, name)) {
      if (one.type === "radio") one.checked = beside ? one.checked || (!form.querySelector(`[name="${CSS.escape(name)}"]:checked`) && one.value === value) : one.value === value;
      else if (!beside || !one.value.trim()) one.value = value;
      else if (value.trim() && !one.value.includes(value.trim()) && one.localName === "textarea") one.value = `${one.value}\n\n${value}`;
    }
  }
}

// --- on this device ---

/** @param {HTMLFormElement} form @param {Element | null} place */
function onDevice(form, place) {
  const key = form.dataset.copy ?? "";
  const copy = device.read(key);
  if (copy && JSON.stringify(copy.entries) !== JSON.stringify(entries(form))) {
    putBack(form, copy);
    const press = () => {
      device.forget(key);
      form.reset();
      say(place, "Thrown away; nothing of it is kept here.");
    };
    say(place, "What you typed here before is back. ", { words: "Throw it away", press });
  }
  form.addEventListener("input", () => {
    const kept = device.keep(key, { entries: entries(form), was: "", version: "", at: Date.now() });
    if (kept) say(place, "Kept on this device until you send it.");
  });
}

// --- on the server ---

/** What was typed here before signing in, if it was this person who typed it. @param {HTMLFormElement} form */
function typedBefore(form) {
  const copy = device.read(form.dataset.before ?? "");
  const address = copy?.entries.find(([name]) => name === "email")?.[1].trim().toLowerCase();
  const mine = copy && (!address || address === form.dataset.address);
  const rest = (copy?.entries ?? []).filter(([name, value]) => !PERSON.includes(name) && value.trim());
  return mine && rest.length ? { ...copy, entries: rest } : null;
}

/** @param {HTMLFormElement} form @param {Element | null} place */
async function onServer(form, place) {
  const key = form.dataset.copy ?? "";
  const { Autosave } = await import("./autosave.js");
  let handing = false;
  const onAnswer = () => {
    if (handing) device.forget(form.dataset.before ?? "");
  };
  const autosave = new Autosave(form, { onStatus: (...said) => say(place, ...said), onAnswer });
  const left = autosave.left();
  if (left) {
    putBack(form, left);
    for (const name of /** @type {const} */ (["was", "version"])) autosave.input(name).value = left[name];
    say(place, "Put back from this device");
  }
  const before = typedBefore(form);
  if (before) {
    putBack(form, before, true);
    handing = true;
    if (!autosave.unsaved) device.forget(form.dataset.before ?? "");
  }
  form.addEventListener("submit", (event) => autosave.finish(event));
  autosave.changed();
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-copy]"))) {
  const place = document.getElementById("saved");
  if (new URLSearchParams(location.search).has("gone")) device.forget(form.dataset.copy ?? "");
  if (form.dataset.home) onServer(form, place);
  else onDevice(form, place);
}
for (const sent of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sent]"))) {
  device.forget(sent.dataset.sent ?? "");
  device.forget(sent.dataset.before ?? "");
}
