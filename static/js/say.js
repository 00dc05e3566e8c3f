// @ts-check
/**
 * A sentence of the status bar and, behind it, one thing to follow or to press.
 * @param {Element} place @param {string} sentence @param {{words: string, href?: string, press?: () => void}} [link]
 */
export function say(place, sentence, link) {
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
