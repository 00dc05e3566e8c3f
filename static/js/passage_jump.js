// @ts-check
// The worksheet: a comment's link goes to the words it is about and selects them. Without it the link goes to the field.
/** @param {Element} link after the browser has gone to the field */
export function jump(link) {
  const said = /** @type {HTMLElement | null} */ (link.closest("[data-at]"));
  if (said) select(said);
}

const escaped = (/** @type {string} */ word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** @param {HTMLElement} said */
function select({ dataset: { at = "", words = "", rowAt = "" } }) {
  const field = document.getElementById(at);
  field?.closest("details:not([open])")?.setAttribute("open", "");
  const row = rowAt && field?.querySelector(`tr[data-row="${CSS.escape(rowAt)}"] :is(textarea, input:not([type=hidden]), select)`);
  const control = /** @type {HTMLTextAreaElement | null} */ (row || document.getElementById(`in-${at}`));
  if (!control?.getClientRects().length) return; // an editor stands in its place: the link leads to the field
  control.focus();
  // between the words may stand what the text is formatted with
  const found = row ? null : new RegExp(words.trim().split(/\s+/).map(escaped).join("(?:[\\s*_#>`-]|\\d+[.)])+")).exec(control.value);
  if (found) control.setSelectionRange(found.index, found.index + found[0].length);
}
