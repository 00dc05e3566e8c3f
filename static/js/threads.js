// @ts-check
/**
 * Receipts: what was on the screen for a second is noted as read, a few at a time. Without this file one presses the
 * button "Mark as read", or the next form sent from the page says it.
 */
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-receipts]"));
const LOOK = 1000; // ms on the screen until it counts as read
const GATHER = 400; // ms in which several are sent as one

/** @type {Map<Element, number>} */
const looking = new Map();
/** @type {Set<Element>} */
const read = new Set();
let sending = 0;

const watch = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) {
      clearTimeout(looking.get(target));
      if (isIntersecting) looking.set(target, window.setTimeout(() => note(target), LOOK));
    }
  },
  { threshold: 0.5 },
);

/** @param {Element} place */
function note(place) {
  watch.unobserve(place);
  read.add(place);
  clearTimeout(sending);
  sending = window.setTimeout(send, GATHER);
}

async function send() {
  if (!form) return;
  const places = [...read];
  read.clear();
  const body = new URLSearchParams({ csrf_token: String(new FormData(form).get("csrf_token")) });
  for (const place of places) body.append("read", place.getAttribute("data-seen") ?? "");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    for (const place of places) place.removeAttribute("data-seen");
    if (!document.querySelector("[data-seen]")) form.hidden = true;
  } catch {
    for (const place of places) watch.observe(place); // offline: it counts when it is seen again
  }
}

if (form) for (const place of document.querySelectorAll("[data-seen]")) watch.observe(place);
