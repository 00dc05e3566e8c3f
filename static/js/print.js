// A button that prints the page. Without scripts it stays hidden, and the browser's own menu prints the same.
for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-print]"))) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
