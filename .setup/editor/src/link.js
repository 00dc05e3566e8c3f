/** The dialog that asks where a link leads. It stands outside the form, so nothing of it is saved or sent. */
import { REFUSED, address } from "./address.js";

let numbered = 0;

function made(tag, properties = {}, ...children) {
  const one = Object.assign(document.createElement(tag), properties);
  one.append(...children);
  return one;
}

/** @param {import("@tiptap/core").Editor} editor */
export function askForLink(editor) {
  if (editor.isActive("link")) editor.chain().extendMarkRange("link").run();
  const { from, to, empty } = editor.state.selection;
  const before = editor.getAttributes("link").href ?? "";
  const key = `link-${++numbered}`;
  const words = made("input", { className: "in", id: `${key}-words`, type: "text", autocomplete: "off", value: editor.state.doc.textBetween(from, to, " ") });
  const where = made("input", { className: "in", id: `${key}-address`, type: "text", inputMode: "url", autocomplete: "off", value: before });
  const error = made("p", { className: "control__error", id: `${key}-error`, hidden: true });
  const remove = made("button", { type: "button", className: "btn btn--quiet", textContent: "Remove the link", hidden: !before });
  const cancel = made("button", { type: "button", className: "btn btn--quiet", textContent: "Cancel" });
  const form = made(
    "form",
    { noValidate: true },
    made("h2", { id: `${key}-title`, textContent: before ? "Change the link" : "Link" }),
    made("p", { hidden: !empty }, made("label", { className: "label", htmlFor: words.id, textContent: "Words to show" }), words),
    made("p", {}, made("label", { className: "label", htmlFor: where.id, textContent: "Web address, email or phone number" }), where),
    error,
    made("p", { className: "acts" }, made("button", { type: "submit", className: "btn", textContent: before ? "Change" : "Put in" }), remove, cancel),
  );
  const dialog = made("dialog", { className: "ed__dialog" }, form);
  dialog.setAttribute("aria-labelledby", `${key}-title`);
  where.setAttribute("aria-describedby", error.id);
  const close = () => dialog.close();
  dialog.addEventListener("close", () => {
    dialog.remove();
    editor.commands.focus();
  });
  cancel.addEventListener("click", close);
  remove.addEventListener("click", () => {
    editor.chain().unsetMark("link").run();
    close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const href = address(where.value);
    error.hidden = Boolean(href);
    error.textContent = REFUSED;
    where.setAttribute("aria-invalid", String(!href));
    if (!href) return where.focus();
    put(editor, href, empty ? words.value.trim() || where.value.trim() : "");
    close();
  });
  document.body.append(dialog);
  dialog.showModal();
  (empty && !before ? words : where).focus();
}

/** @param {import("@tiptap/core").Editor} editor @param {string} href @param {string} words for a link where nothing is chosen */
export function put(editor, href, words) {
  const mark = { type: "link", attrs: { href } };
  if (words) editor.chain().insertContent({ type: "text", text: words, marks: [mark] }).run();
  else editor.chain().setMark("link", { href }).run();
}
