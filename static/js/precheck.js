// @ts-check
/** The check before sending, as the server tells it after a save. A note that is being written stays where it is. */

/** @param {string} html the three groups: coursework/check_list.html */
export function showCheck(html) {
  const place = document.getElementById("check-list");
  if (!place) return;
  const made = document.createElement("template");
  made.innerHTML = html; // made by our own template, which escapes what people wrote
  const active = document.activeElement;
  const writing = active instanceof HTMLTextAreaElement && place.contains(active) ? active : null;
  const [start, end] = writing ? [writing.selectionStart, writing.selectionEnd] : [0, 0];
  for (const note of /** @type {NodeListOf<HTMLTextAreaElement>} */ (place.querySelectorAll("textarea"))) {
    const next = made.content.getElementById(note.id);
    const folded = /** @type {HTMLDetailsElement | null} */ (next?.closest("details"));
    if (!next || !folded) continue;
    folded.open = folded.open || Boolean(note.closest("details")?.open);
    next.replaceWith(note);
  }
  place.replaceChildren(made.content);
  if (writing?.isConnected) {
    writing.focus({ preventScroll: true });
    writing.setSelectionRange(start, end);
  }
}
