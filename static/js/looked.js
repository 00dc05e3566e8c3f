// @ts-check
/**
 * Says that this person has the page before them, once it was visible for some seconds; and takes the marks of what is
 * new away by the button, without leaving. Without this file the button does it, and so does every save.
 */
const SECONDS = document.getElementById("work") ? 0 : 5; // worksheet.js loads this after some seconds

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("look"));
let timer = 0;
let told = false;

async function tell() {
  if (!form || told) return;
  told = true;
  const body = new URLSearchParams(/** @type {[string, string][]} */ ([...new FormData(form)]));
  const work = /** @type {HTMLFormElement | null} */ (document.getElementById("work"));
  const was = /** @type {HTMLInputElement | null} */ (work?.elements.namedItem("was") ?? null);
  if (was) body.set("was", was.value); // with what was typed here since
  const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body }).catch(() => null);
  told = Boolean(answer?.ok); // otherwise the next save says it
}

function watch() {
  clearTimeout(timer);
  if (!document.hidden) timer = window.setTimeout(tell, SECONDS * 1000);
}

document.addEventListener("visibilitychange", watch);
watch();

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  tell();
  for (const one of document.querySelectorAll(".news__line, .field__new")) one.remove();
});
