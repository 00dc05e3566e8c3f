/**
 * The rich text editor of a long text. The textarea below it stays what the form sends: every change writes Markdown
 * into it and says `input`. Who sets the textarea's value by script says `refresh` on it, and the editor shows that.
 */
import { Editor, Extension } from "@tiptap/core";
import { Placeholder } from "@tiptap/extensions/placeholder";
import { TrailingNode } from "@tiptap/extensions/trailing-node";
import { UndoRedo } from "@tiptap/extensions/undo-redo";
import { address } from "./address.js";
import { canon } from "./canon.js";
import { clean } from "./clean.js";
import { askForLink, put } from "./link.js";
import { fromHtml, fromText, isMarkdown, slice } from "./paste.js";
import { read } from "./read.js";
import { CONTENT } from "./schema.js";
import { isInTable } from "./table.js";
import { Toolbar } from "./toolbar.js";
import { write } from "./write.js";

const NO_PICTURES = "Pictures cannot stand here; attach it as a file.";
const EMPTY = "Write here, or paste from Word or Google Docs.";

/**
 * What the editor makes of a text when every part of it is written anew.
 * @param {string} text @returns {string | null} null: the editor cannot hold all of it
 */
export function rewritten(text) {
  try {
    const { doc } = read(text);
    const again = write(doc);
    return canon(read(again).doc) === canon(doc) ? again : null;
  } catch {
    return null;
  }
}

/** @param {{html?: string, text?: string}} clipboard @returns {{markdown: string, pictures: number}} */
export function pasted({ html = "", text = "" }) {
  if (!html || isMarkdown(html, text)) return { markdown: write(fromText(text)), pictures: 0 };
  const { doc, pictures } = fromHtml(html);
  return { markdown: write(doc), pictures };
}

/**
 * Put the editor over the textarea of a box.
 * @param {HTMLElement} box @param {{sprite: string, onPlain: () => void}} options onPlain: a text came that the editor
 *   cannot hold; the textarea is shown again
 * @returns {LongText | null} null: the editor cannot hold this text
 */
export function mount(box, options) {
  const area = /** @type {HTMLTextAreaElement} */ (box.querySelector("textarea"));
  return rewritten(area.value) === null ? null : new LongText(box, area, options);
}

class LongText {
  constructor(box, area, { sprite, onPlain }) {
    this.area = area;
    this.box = box;
    this.onPlain = onPlain;
    this.known = read(area.value);
    this.dropped = 0; // pictures
    this.said = Object.assign(document.createElement("p"), { className: "ed__said", hidden: true });
    this.said.setAttribute("role", "status");
    const label = document.querySelector(`label[for="${area.id}"]`);
    if (label) label.id ||= `${area.id}-label`;
    this.editor = this.build(label);
    this.adopt();
    const headings = box.dataset.headings?.split("|") ?? [];
    this.toolbar = new Toolbar(this.editor, label?.firstChild?.textContent?.trim() ?? "", `${area.id}-text`, sprite, headings);
    box.prepend(this.toolbar.element);
    box.append(this.said);
    area.hidden = true;
    this.listen(label);
    this.toolbar.tell(area.value);
  }

  build(label) {
    const place = document.createElement("div");
    this.area.before(place);
    return new Editor({
      element: { mount: place },
      extensions: [
        ...CONTENT,
        UndoRedo,
        Placeholder.configure({ placeholder: EMPTY }),
        TrailingNode.configure({ node: "paragraph", notAfter: ["paragraph", "heading", "bulletList", "orderedList"] }),
        this.keys(),
      ],
      content: this.known.doc.toJSON(),
      injectCSS: false,
      enablePasteRules: false,
      editorProps: {
        attributes: () => this.attributes(label),
        handlePaste: (_view, event) => this.paste(event),
        transformPastedHTML: (html) => this.cleaned(html),
        clipboardTextParser: (text, _context, plain) => slice(fromText(text, plain), this.editor.schema),
      },
      onTransaction: ({ transaction }) => this.changed(transaction.docChanged),
    });
  }

  keys() {
    return Extension.create({
      name: "worksheetKeys",
      addKeyboardShortcuts: () => ({
        "Mod-k": () => (askForLink(this.editor), true),
        Escape: () => (this.toolbar.focus(), true),
      }),
    });
  }

  attributes(label) {
    const found = { class: "ed__text", role: "textbox", "aria-multiline": "true", id: `${this.area.id}-text` };
    if (label) found["aria-labelledby"] = label.id;
    for (const name of ["aria-describedby", "aria-invalid"]) {
      const value = this.area.getAttribute(name);
      if (value) found[name] = value;
    }
    return found;
  }

  listen(label) {
    this.onRefresh = () => this.refresh();
    this.onLabel = () => this.editor.commands.focus();
    this.label = label;
    this.area.addEventListener("refresh", this.onRefresh);
    label?.addEventListener("click", this.onLabel);
    this.watch = new MutationObserver(() => this.editor.view.setProps({}));
    this.watch.observe(this.area, { attributeFilter: ["aria-invalid"] });
  }

  // --- between the editor and the textarea ---

  /** The editor makes its own nodes of what was read: from here on those are the known ones. */
  adopt() {
    const { doc } = this.editor.state;
    this.known.blocks.forEach((block, index) => (block.node = doc.child(index)));
  }

  /** @param {boolean} docChanged */
  changed(docChanged) {
    if (!this.toolbar) return;
    if (docChanged && !this.refreshing) {
      const text = write(this.editor.state.doc, this.known);
      if (text !== this.area.value) {
        this.area.value = text;
        this.area.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    this.toolbar.tell(this.area.value);
  }

  /** Show what a script has put into the textarea. */
  refresh() {
    if (this.area.value === write(this.editor.state.doc, this.known)) return;
    if (rewritten(this.area.value) === null) return this.plain();
    this.known = read(this.area.value);
    this.refreshing = true;
    // Not something to undo here: whoever put it there undoes it.
    this.editor.chain().setMeta("addToHistory", false).setContent(this.known.doc.toJSON(), { emitUpdate: false }).run();
    this.refreshing = false;
    this.adopt();
    this.toolbar.tell(this.area.value);
  }

  plain() {
    this.area.removeEventListener("refresh", this.onRefresh);
    this.label?.removeEventListener("click", this.onLabel);
    this.watch.disconnect();
    const place = this.editor.view.dom;
    this.editor.destroy();
    for (const one of [place, this.toolbar.element, this.said]) one.remove();
    this.area.hidden = false;
    this.onPlain();
  }

  focus() {
    this.editor.commands.focus("end");
  }

  // --- pasting ---

  /** @param {string} sentence */
  say(sentence) {
    this.said.hidden = !sentence;
    this.said.textContent = sentence;
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    const data = event.clipboardData;
    const [html, text] = [data?.getData("text/html") ?? "", data?.getData("text/plain") ?? ""];
    if (!this.dropped) this.say("");
    this.dropped = 0;
    if (!html && !text) {
      if (data?.files.length) this.say(NO_PICTURES);
      return Boolean(data?.files.length);
    }
    if (isInTable(this.editor.state)) return this.insert((tr) => tr.insertText((text || pasted({ html }).markdown).trim().replace(/\s+/g, " ")));
    const href = /^\s*(https?:\/\/|mailto:)\S+\s*$/i.test(text) ? address(text) : "";
    if (href) {
      put(this.editor, href, this.editor.state.selection.empty ? text.trim() : "");
      return true;
    }
    if (!html || !isMarkdown(html, text)) return false;
    return this.insert((tr) => tr.replaceSelection(slice(fromText(text), this.editor.schema)));
  }

  insert(change) {
    const { view } = this.editor;
    view.dispatch(change(view.state.tr).scrollIntoView().setMeta("paste", true));
    return true;
  }

  /** @param {string} html */
  cleaned(html) {
    if (html.includes("data-pm-slice")) return html; // from one of our own texts
    const { body, pictures } = clean(html);
    this.dropped = pictures; // for `paste`, which comes after this
    if (pictures) this.say(NO_PICTURES);
    return body.innerHTML;
  }
}
