// @ts-check
/**
 * Text that only this device has: an earlier page was closed before the server had it. Shown above the form, to be put
 * back or thrown away.
 *
 * @param {import("./autosave.js").Autosave} autosave
 * @param {import("./autosave.js").Copy} copy
 * @param {(copy: import("./autosave.js").Copy) => void} restore fills the form from the copy
 */
export function offerLeft(autosave, copy, restore) {
  const back = () => {
    restore(copy);
    for (const name of ["was", "version"]) autosave.input(name).value = name === "was" ? copy.was : copy.version;
    autosave.changed();
  };
  offer(autosave.form, copy, back, () => autosave.forget());
}

/** @param {HTMLFormElement} form @param {string} words */
export function notice(form, words) {
  const box = document.createElement("div");
  box.className = "notice notice--note";
  box.setAttribute("role", "status");
  const said = document.createElement("span");
  said.textContent = words;
  box.append(said);
  form.before(box);
  return box;
}

/** @param {HTMLFormElement} form @param {import("./autosave.js").Copy} copy @param {() => void} back @param {() => void} drop */
export function offer(form, copy, back, drop) {
  const when = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" }).format(copy.at);
  const box = notice(form, `This device holds text of ${when} that the server has not. `);
  const acts = document.createElement("span");
  acts.className = "acts";
  for (const [words, look, act] of /** @type {[string, string, () => void][]} */ ([
    ["Put it back", "btn btn--small", back],
    ["Throw it away", "btn btn--quiet btn--small", drop],
  ])) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = look;
    button.textContent = words;
    button.addEventListener("click", () => {
      act();
      box.remove();
    });
    acts.append(button);
  }
  box.append(acts);
}
