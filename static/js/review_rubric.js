// @ts-check
// The rubric of a review: one line when rated, amber for the next; marks of the last round are kept on request.
const form = /** @type {HTMLFormElement} */ (document.getElementById("review"));
const items = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".crit-item[data-criterion]")]);
const levelOf = (/** @type {HTMLElement} */ item) => /** @type {HTMLInputElement | null} */ (item.querySelector("input:checked"));

export function drawRubric() {
  const next = items.find((item) => !levelOf(item) && !item.dataset.offered);
  for (const [index, item] of items.entries()) {
    const mark = levelOf(item);
    const word = /** @type {HTMLElement} */ (item.querySelector("[data-word]"));
    item.classList.toggle("next", item === next);
    item.classList.toggle("crit-open", item === next);
    word.classList.toggle("unset", !mark);
    word.textContent = item === next ? `Rate now, ${index + 1} of ${items.length}` : (mark?.dataset.level ?? item.dataset.offeredWord ?? "Not rated");
  }
  const rated = document.querySelector("[data-rated]");
  if (rated) rated.textContent = `${items.filter(levelOf).length} of ${items.length} rated`;
  return next;
}

form.addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const item = input.name.startsWith("mark-") ? /** @type {HTMLElement} */ (input.closest(".crit-item")) : null;
  if (!item) return;
  own(item);
  const next = drawRubric();
  const details = item.querySelector("details");
  if (details && !byArrow && next !== item) details.open = false;
  const following = next?.querySelector("details");
  if (following && !byArrow) following.open = true;
  if (!byArrow) /** @type {HTMLElement | null} */ (next?.querySelector("summary"))?.focus({ preventScroll: true });
  if (!byArrow) next?.scrollIntoView({ block: "nearest" });
});

/** Rated by the coach: nothing of the last round is offered for it any more. @param {HTMLElement} item */
function own(item) {
  delete item.dataset.offered;
  delete item.dataset.offeredWord;
  const line = document.getElementById("carry");
  if (line) line.hidden = !items.some((one) => one.dataset.offered);
}

/** Keep every mark of the last round that is offered. */
export function carryOver() {
  for (const item of items) {
    const input = item.dataset.offered && !levelOf(item) ? item.querySelector(`input[value="${item.dataset.offered}"]`) : null;
    if (input) /** @type {HTMLInputElement} */ (input).checked = true;
    own(item);
  }
  drawRubric();
}

// Arrow keys inside a group of levels change the choice at every step; only a click or a number closes the criterion.
let byArrow = false;
form.addEventListener("keydown", (event) => {
  byArrow = event.key.startsWith("Arrow");
});
form.addEventListener("pointerdown", () => {
  byArrow = false;
});

/** Rate the criterion with the focus, or the next one. @param {number} level 1 to 3 */
export function rate(level) {
  const inside = /** @type {HTMLElement | null} */ (document.activeElement?.closest(".crit-item"));
  const item = inside ?? items.find((one) => !levelOf(one) && !one.dataset.offered) ?? items.find((one) => !levelOf(one));
  const input = /** @type {HTMLInputElement | undefined} */ (item?.querySelectorAll("input[type=radio]")[level - 1]);
  if (!input) return;
  byArrow = false;
  input.checked = true;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
