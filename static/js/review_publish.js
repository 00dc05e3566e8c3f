// @ts-check
// Publishing by keys: Ctrl or Cmd and Enter says what will be sent; Enter confirms and opens the next.

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("publish"));
const says = /** @type {HTMLElement} */ (document.getElementById("publish-says"));
const why = /** @type {HTMLElement} */ (document.getElementById("why"));
const VERBS = /** @type {Record<string, string>} */ ({ "changes requested": "request", accepted: "accept" });
const WORDS = /** @type {Record<string, string>} */ ({ "changes requested": "Changes are requested.", accepted: "The system is accepted." });

/** Ask before publishing; where no verdict fits yet, go to what is missing. @param {string} fits */
export function askToPublish(fits) {
  const verb = VERBS[fits];
  if (!verb) {
    why.querySelector("a")?.focus();
    return;
  }
  says.textContent = `${WORDS[fits]} ${why.textContent?.replace(/^Ready to \w+\.\s*/, "") ?? ""}`;
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (dialog.querySelectorAll("[data-publish]"))) {
    button.value = verb + button.dataset.publish;
  }
  dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector('[data-publish="-next"]'))?.focus();
}

document.getElementById("publish-not")?.addEventListener("click", () => dialog.close());
