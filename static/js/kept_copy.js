// @ts-check
// What was typed, kept in the storage of this device under a key of its form. Storage may be full, or switched off.
/** @typedef {import("./autosave.js").Copy} Copy */

export const KEPT = "Saved on this device, not yet on the server";

/** @param {string} key @param {Copy} copy @returns {boolean} whether this device has it now */
export function keep(key, copy) {
  try {
    localStorage.setItem(key, JSON.stringify(copy));
    return true;
  } catch {
    return false; // no room, or storage is off: the server is the only copy
  }
}

/** @param {string} key @returns {Copy | null} */
export function read(key) {
  try {
    const copy = /** @type {Copy} */ (JSON.parse(localStorage.getItem(key) ?? "null"));
    return copy && Array.isArray(copy.entries) ? copy : null;
  } catch {
    return forget(key);
  }
}

/** What the server does not have. @param {string} key @param {number} version @param {string} confirmed */
export function left(key, version, confirmed) {
  const copy = read(key);
  const arrived = copy?.sent && version > Number(copy.version);
  return copy && (arrived || JSON.stringify(copy.entries) === confirmed) ? forget(key) : copy;
}

/** @param {string} key @returns {null} */
export function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // storage is off: there is nothing to forget
  }
  return null;
}
