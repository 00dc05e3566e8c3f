// @ts-check
/** A choice, or the answer to a change request, can be taken back: radio buttons alone cannot be let go of. */

/** @typedef {import("./undo.js").Undo} Undo */

/** @param {HTMLFormElement} form @param {Undo} undo @param {() => void} changed */
export function clearable(form, undo, changed) {
  for (const group of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[role=radiogroup], fieldset.answer"))) {
    const radios = /** @type {HTMLInputElement[]} */ ([...group.querySelectorAll("input[type=radio]")]);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "Clear this choice";
    const show = () => (button.hidden = !radios.some((one) => one.checked));
    button.addEventListener("click", () => {
      const chosen = radios.find((one) => one.checked);
      if (!chosen) return;
      chosen.checked = false;
      radios[0].focus();
      show();
      changed();
      undo.did("The choice is cleared.", () => {
        if (radios.some((one) => one.checked)) return "You have chosen again since, so that stays.";
        chosen.checked = true;
        show();
        changed();
      });
    });
    group.addEventListener("change", show);
    group.append(button);
    show();
  }
}
