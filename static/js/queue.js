// Keys of the queue: J and K go from row to row, Enter presses the row's own button. The page works without them.
import { lettersOn, typing } from "./keys.js";

const rows = [...document.querySelectorAll(".q")];
const line = document.getElementById("queue-keys");
let at = -1;

/** @param {number} step */
function go(step) {
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  at = rows.indexOf(next);
  /** @type {HTMLElement | null} */ (next.querySelector(".q__go button, .q__go a"))?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("focusin", (event) => {
  const row = /** @type {Element} */ (event.target).closest(".q");
  if (row) at = rows.indexOf(row);
});

document.addEventListener("keydown", (event) => {
  if (!lettersOn() || typing(event)) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else return;
  event.preventDefault();
});

if (line) line.hidden = !lettersOn();
