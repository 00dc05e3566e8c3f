// @ts-check
// The review is published: the copy this device kept of its draft has done its work. N opens the next.
import { lettersOn, typing } from "./keys.js";

document.addEventListener("keydown", (event) => {
  if (event.key === "n" && lettersOn() && !typing(event)) document.getElementById("next")?.click();
});
try {
  localStorage.removeItem(`review:${location.pathname}`);
} catch {
  // a browser that keeps nothing
}
