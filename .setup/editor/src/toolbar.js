/** The bar above a long text: real buttons, one stop of the Tab key, arrow keys between them. */
import { askForLink } from "./link.js";

const CTRL = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl+";

/**
 * @typedef {import("@tiptap/core").Editor} Editor
 * @typedef {{icon: string, words: string, keys?: string, press: (editor: Editor) => unknown, isOn?: (editor: Editor) => boolean,
 *   can?: (editor: Editor) => boolean, onlyInList?: boolean}} Tool
 */

/** @type {Tool[]} */
const TOOLS = [
  { icon: "bold", words: "Bold", keys: "B", press: (one) => one.chain().focus().toggleBold().run(), isOn: (one) => one.isActive("bold") },
  { icon: "italic", words: "Italic", keys: "I", press: (one) => one.chain().focus().toggleItalic().run(), isOn: (one) => one.isActive("italic") },
  { icon: "heading-2", words: "Heading", press: (one) => one.chain().focus().toggleHeading({ level: 3 }).run(), isOn: (one) => one.isActive("heading") },
  { icon: "list", words: "Bulleted list", keys: "Shift+8", press: (one) => one.chain().focus().toggleBulletList().run(), isOn: (one) => one.isActive("bulletList") },
  { icon: "list-ordered", words: "Numbered list", keys: "Shift+7", press: (one) => one.chain().focus().toggleOrderedList().run(), isOn: (one) => one.isActive("orderedList") },
  { icon: "list-indent-increase", words: "Further in", keys: "]", press: (one) => one.chain().focus().sinkListItem("listItem").run(), can: (one) => one.can().sinkListItem("listItem"), onlyInList: true },
  { icon: "list-indent-decrease", words: "Further out", keys: "[", press: (one) => one.chain().focus().liftListItem("listItem").run(), can: (one) => one.can().liftListItem("listItem"), onlyInList: true },
  { icon: "quote", words: "Quote", keys: "Shift+B", press: (one) => one.chain().focus().toggleBlockquote().run(), isOn: (one) => one.isActive("blockquote") },
  { icon: "link", words: "Link", keys: "K", press: askForLink, isOn: (one) => one.isActive("link") },
  { icon: "undo-2", words: "Undo", keys: "Z", press: (one) => one.chain().focus().undo().run(), can: (one) => one.can().undo() },
  { icon: "redo-2", words: "Redo", keys: "Shift+Z", press: (one) => one.chain().focus().redo().run(), can: (one) => one.can().redo() },
];

export class Toolbar {
  /** @param {Editor} editor @param {string} label @param {string} controls @param {string} sprite @param {string[]} headings */
  constructor(editor, label, controls, sprite, headings) {
    this.editor = editor;
    this.element = document.createElement("div");
    this.element.className = "ed__bar";
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", `Format: ${label}`);
    this.element.setAttribute("aria-controls", controls);
    this.buttons = TOOLS.map((tool) => this.button(tool, sprite));
    if (headings.length) this.buttons.push(this.offer(headings));
    this.count = document.createElement("span");
    this.element.append(...this.buttons, this.count);
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps its selection
    this.stop(0);
  }

  /** @param {Tool} tool @param {string} sprite */
  button({ icon, words, keys, press }, sprite) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", words);
    button.title = keys ? `${words} (${CTRL}${keys})` : words;
    if (keys) button.setAttribute("aria-keyshortcuts", `${CTRL === "⌘" ? "Meta" : "Control"}+${keys}`);
    button.innerHTML = `<svg class="i" aria-hidden="true"><use></use></svg>`;
    button.querySelector("use")?.setAttribute("href", `${sprite}#${icon}`);
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") press(this.editor);
    });
    return button;
  }

  /** @param {string[]} headings */
  offer(headings) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ed__offer";
    button.textContent = "Put in the headings";
    const content = headings.flatMap((one) => [{ type: "heading", attrs: { level: 3 }, content: [{ type: "text", text: one }] }, { type: "paragraph" }]);
    button.addEventListener("click", () => {
      this.editor.chain().setContent(content, { emitUpdate: true }).focus(headings[0].length + 3).run();
    });
    return button;
  }

  /** Say what is on where the caret stands. @param {string} text the Markdown that is sent */
  tell(text) {
    const inList = this.editor.isActive("listItem");
    TOOLS.forEach((tool, index) => {
      const button = this.buttons[index];
      if (tool.isOn) button.setAttribute("aria-pressed", String(tool.isOn(this.editor)));
      if (tool.onlyInList) button.hidden = !inList;
      if (tool.can && !button.hidden) button.setAttribute("aria-disabled", String(!tool.can(this.editor)));
    });
    const offer = this.buttons[TOOLS.length];
    if (offer) offer.hidden = Boolean(text.trim());
    const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    this.count.textContent = words === 1 ? "1 word" : `${words} words`;
    if (this.buttons[this.at].hidden) this.stop(0);
  }

  /** The one button the Tab key comes to. @param {number} index */
  stop(index) {
    this.at = index;
    this.buttons.forEach((button, place) => (button.tabIndex = place === index ? 0 : -1));
  }

  focus() {
    this.buttons[this.at].focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const seen = this.buttons.filter((one) => !one.hidden);
    const here = seen.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const wanted = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") this.editor.commands.focus();
    else if (wanted === undefined || here < 0) return;
    else {
      this.stop(this.buttons.indexOf(/** @type {HTMLButtonElement} */ (seen.at(wanted % seen.length))));
      this.focus();
    }
    event.preventDefault();
  }
}
