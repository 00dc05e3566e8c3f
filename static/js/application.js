// @ts-check
/**
 * An application is kept on this device while it is typed, put back when its page is opened again, and forgotten once it
 * was sent: the page that says so names the copy. Without this file the form sends as it is.
 */
import * as device from "./kept_copy.js";
import { say } from "./say.js";

/** @param {HTMLFormElement} form */
function entries(form) {
  const found = [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  return /** @type {[string, string][]} */ (found);
}

/** @param {HTMLFormElement} form @param {import("./autosave.js").Copy} copy */
function putBack(form, copy) {
  for (const [name, value] of copy.entries) {
    for (const one of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      const control = /** @type {HTMLInputElement} */ (one);
      if (control.type === "radio" || control.type === "checkbox") control.checked ||= control.value === value;
      else control.value = value;
    }
  }
}

/** @param {HTMLFormElement} form */
function begin(form) {
  const key = form.dataset.copy ?? "";
  const place = document.getElementById("saved");
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

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-copy]"))) begin(form);
for (const sent of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sent]"))) device.forget(sent.dataset.sent ?? "");
