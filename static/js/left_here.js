// @ts-check
/**
 * Text that only this device has: an earlier page was closed before the server had it. Shown above the form, to be put
 * back or thrown away.
 *
 * @param {import("./autosave.js").Autosave} autosave
 * @param {(copy: import("./autosave.js").Copy) => void} restore fills the form from the copy
 */
export function offerLeft(autosave, restore) {
  const copy = autosave.left();
  if (!copy) return;
  const when = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" }).format(copy.at);
  const notice = document.createElement("div");
  notice.className = "notice notice--note";
  notice.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = `This device holds text of ${when} that the server has not. `;
  const acts = document.createElement("span");
  acts.className = "acts";
  acts.append(
    button("Put it back", "btn btn--small", () => {
      restore(copy);
      for (const name of ["was", "version"]) autosave.input(name).value = name === "was" ? copy.was : copy.version;
      notice.remove();
      autosave.changed();
    }),
    button("Throw it away", "btn btn--quiet btn--small", () => {
      autosave.forget();
      notice.remove();
    }),
  );
  notice.append(words, acts);
  autosave.form.before(notice);
}

/** @param {string} words @param {string} looks @param {() => void} press */
function button(words, looks, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = looks;
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}
