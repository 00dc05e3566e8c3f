// @ts-check
// Copies the private link, and prints. The link can be marked by hand without this file.

const link = /** @type {HTMLInputElement | null} */ (document.getElementById("link"));
const copy = /** @type {HTMLButtonElement | null} */ (document.getElementById("copy"));
const copied = document.getElementById("copied");

if (link && copy && copied) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    link.select();
    try {
      await navigator.clipboard.writeText(link.value);
      copied.textContent = "Copied.";
    } catch {
      copied.textContent = "The link is marked; copy it with the keys you use for that.";
    }
  });
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-print]"))) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
