// @ts-check
/**
 * A form that changes a small part of its page: sent without leaving, and the parts that `data-swap` names put in from
 * the answer. Without this file, or when anything goes wrong, the form is sent as forms are.
 */
document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const parts = form.dataset.swap;
  if (!parts) return;
  event.preventDefault();
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const body = new URLSearchParams(/** @type {[string, string][]} */ ([...new FormData(form, button)]));
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const pairs = parts.split(", ").map((part) => /** @type {const} */ ([document.querySelector(part), page.querySelector(part)]));
    if (!pairs.every(([old, fresh]) => old && fresh)) throw new Error("another page");
    for (const [old, fresh] of pairs) old?.replaceWith(/** @type {Element} */ (fresh));
    /** @type {HTMLElement | null | undefined} */ (document.getElementById(form.id)?.querySelector("button"))?.focus();
  } catch {
    if (button?.name) form.append(hidden(button.name, button.value));
    form.submit();
  }
});

/** @param {string} name @param {string} value */
function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}
