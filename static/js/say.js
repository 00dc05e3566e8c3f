// @ts-check
/** @typedef {{words: string, href?: string, press?: () => void}} Link something to follow or to press */

/**
 * A sentence of the status bar and, behind it, one thing to do.
 * @param {Element | null} place @param {string} sentence @param {Link} [link]
 */
export function say(place, sentence, link) {
  if (!place) return;
  place.textContent = sentence;
  if (!link) return;
  const made = document.createElement(link.href ? "a" : "button");
  made.textContent = link.words;
  if (made instanceof HTMLAnchorElement) {
    made.href = link.href ?? "";
    made.target = "_blank";
  } else {
    made.type = "button";
    made.className = "plain";
    made.addEventListener("click", () => link.press?.());
  }
  place.append(made);
}
