// @ts-check
// The comment bank in a review: searched while typing; what is chosen is inserted as a copy.
import { walkList } from "./review_quote.js";

/** @typedef {{id: number, source: string, kind: string, text: string, about: string, uses: number}} Offer */

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("bank"));
const search = /** @type {HTMLInputElement} */ (document.getElementById("bank-search"));
const list = /** @type {HTMLElement} */ (document.getElementById("bank-list"));
const says = /** @type {HTMLElement} */ (document.getElementById("bank-says"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("review"));
const SOURCES = /** @type {Record<string, string>} */ ({ rubric: "From the rubric", shared: "Shared", own: "Your own" });
const KINDS = /** @type {Record<string, string>} */ ({ praise: "Praise", suggested: "Suggested", required: "Required" });

/** @type {Promise<Offer[]> | null} */
let offers = null;
/** @type {HTMLElement | null} */
let box = null;

async function load() {
  const answer = await fetch(form.dataset.bank ?? "", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return /** @type {Offer[]} */ ((await answer.json()).offers);
}

/** Open the bank for this comment box. @param {HTMLElement} into */
export async function openBank(into) {
  box = into;
  search.value = "";
  list.replaceChildren();
  says.textContent = "Loading…";
  dialog.showModal();
  try {
    offers ??= load();
    const found = await offers;
    const field = box.closest(".wf")?.getAttribute("data-field") ?? "";
    const near = (/** @type {Offer} */ one) => (one.about === field ? 0 : 1);
    list.replaceChildren(...[...found].sort((one, other) => near(one) - near(other)).map(item));
    filter();
  } catch {
    offers = null;
    says.textContent = "The bank cannot be reached now. Your text is safe; try again in a moment.";
  }
}

/** @param {Offer} offer */
function item(offer) {
  const line = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const about = [SOURCES[offer.source], KINDS[offer.kind], offer.about].filter(Boolean).join(" · ");
  button.append(
    Object.assign(document.createElement("span"), { className: "bank__text", textContent: offer.text }),
    Object.assign(document.createElement("span"), { className: "small soft", textContent: about }),
  );
  button.addEventListener("click", () => insert(offer));
  line.append(button);
  return line;
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const line of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("li"))) {
    const text = (line.textContent ?? "").toLowerCase();
    line.hidden = !words.every((word) => text.includes(word));
    left += line.hidden ? 0 : 1;
  }
  says.textContent = left ? (left === 1 ? "1 comment" : `${left} comments`) : "Nothing in the bank has these words.";
}

/** @param {Offer} offer */
function insert(offer) {
  dialog.close();
  const text = box?.querySelector("textarea");
  if (!box || !text) return;
  const empty = !text.value.trim();
  text.value = empty ? offer.text : `${text.value.trimEnd()} ${offer.text}`;
  const kind = /** @type {HTMLInputElement | null} */ (box.querySelector(`input[type=radio][value="${offer.kind}"]`));
  if (empty && kind) kind.checked = true;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
  if (!offer.id) return;
  const body = new URLSearchParams({ csrf_token: /** @type {HTMLInputElement} */ (form.elements.namedItem("csrf_token")).value });
  fetch(`/coaching/comments/${offer.id}/used`, { method: "POST", body, keepalive: true }).catch(() => {}); // a count, nothing more
}

search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  const first = /** @type {HTMLElement | null} */ (list.querySelector("li:not([hidden]) button"));
  if (event.key === "ArrowDown") first?.focus();
  else if (event.key === "Enter") first?.click();
  else return;
  event.preventDefault();
});
list.addEventListener("keydown", walkList);
document.getElementById("bank-close")?.addEventListener("click", () => dialog.close());
