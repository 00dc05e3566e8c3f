// Single letters as keys: off inside fields, and off for good when the person says so (WCAG 2.1.4).
const KEY = "single-letter-keys";

/** Whether single letters work as keys on this device. */
export function lettersOn() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

/** @param {boolean} on */
export function setLetters(on) {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // a browser that keeps nothing: the choice holds for this page only
  }
}

/**
 * Whether this key press belongs to a field, a dialog or the browser itself.
 * @param {KeyboardEvent} event
 */
export function typing(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return true;
  const target = /** @type {HTMLElement} */ (event.target);
  // a dialog that was closed this instant keeps the focus until the next drawing, and its letters no more
  if (target.closest("dialog[open], textarea, select, [contenteditable]")) return true;
  return target instanceof HTMLInputElement && !["radio", "checkbox", "button", "submit"].includes(target.type);
}
