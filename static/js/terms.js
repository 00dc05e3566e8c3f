// @ts-check
/**
 * A term of the glossary, explained beside the word itself: by pointing at it, by Tab, or by a tap. Escape puts the
 * explanation away; the pointer may move onto it. Without this file the word is a link to the list at the lesson's end.
 */

const WAIT = 120; // ms before a passing pointer opens anything
const LINGER = 250; // ms to get from the word to its explanation
const GAP = 6; // px between them

const box = document.createElement("div");
/** @type {HTMLAnchorElement | null} */
let open = null;
let timer = 0;

/** @param {HTMLAnchorElement} link */
function show(link) {
  clearTimeout(timer);
  const meaning = document.getElementById(link.getAttribute("aria-describedby") ?? "");
  if (!meaning || open === link) return;
  const name = document.createElement("b");
  name.textContent = meaning.previousElementSibling?.textContent ?? "";
  box.replaceChildren(name, document.createTextNode(meaning.textContent ?? ""));
  open = link;
  box.showPopover();
  place(link);
}

/** Below the word, above it where there is no room, and never past the edge of the window. @param {HTMLElement} link */
function place(link) {
  const word = link.getClientRects()[0];
  const size = box.getBoundingClientRect();
  const room = document.documentElement.clientWidth - size.width - GAP * 2;
  const left = Math.max(GAP * 2, Math.min(word.left, room));
  const below = word.bottom + GAP + size.height <= innerHeight || word.top < size.height + GAP;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(below ? word.bottom + GAP : word.top - GAP - size.height) + scrollY}px`;
}

function hide() {
  clearTimeout(timer);
  if (open) box.hidePopover();
  open = null;
}

/** @param {() => void} act @param {number} wait */
function soon(act, wait) {
  clearTimeout(timer);
  timer = window.setTimeout(act, wait);
}

/** @param {HTMLAnchorElement} link */
function listen(link) {
  link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && soon(() => show(link), WAIT));
  link.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && soon(hide, LINGER));
  link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
  link.addEventListener("blur", hide);
  link.addEventListener("click", (event) => {
    if (!event.detail) return hide(); // Enter: on to the list
    event.preventDefault();
    show(link);
  });
}

if ("popover" in box) {
  box.popover = "manual";
  box.className = "term-box";
  box.setAttribute("aria-hidden", "true"); // the link is described by the list already
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => soon(hide, LINGER));
  document.body.append(box);
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.term"))) listen(link);
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
  addEventListener("resize", hide);
  document.addEventListener("pointerdown", (event) => {
    const target = /** @type {Node} */ (event.target);
    if (open && !open.contains(target) && !box.contains(target)) hide();
  });
}
