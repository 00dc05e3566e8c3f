/** Addresses a link may have. */

export const REFUSED = "Only a web address, an email address or a phone number can be linked, such as https://example.org.";

/** @param {string} typed @returns {string} the full address, or nothing when it may not be linked */
export function address(typed) {
  const text = typed.trim();
  if (/\s/.test(text) && !/^[+\d][\d\s().-]+$/.test(text)) return "";
  if (/^https?:/i.test(text)) return isWeb(text) ? text : "";
  if (/^mailto:[^@\s]+@[^@\s]+$/i.test(text) || /^tel:[+\d][\d().-]{2,}$/i.test(text)) return text;
  if (/^[^@\s:/]+@[^@\s:/]+\.[^@\s:/]{2,}$/.test(text)) return `mailto:${text}`;
  if (/^\+?[\d\s().-]{7,}$/.test(text)) return `tel:${text.replace(/[^+\d]/g, "")}`;
  if (/^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*\.\p{L}{2,}(:\d+)?([/?#].*)?$/u.test(text)) return isWeb(`https://${text}`) ? `https://${text}` : "";
  return "";
}

function isWeb(text) {
  try {
    return /^https?:\/\/[^/]/i.test(text) && Boolean(new URL(text).hostname);
  } catch {
    return false;
  }
}
