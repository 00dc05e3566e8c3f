/** What a long text may hold: exactly what the site's `user_html` shows. */
import { Mark, Node, getSchema, textblockTypeInputRule } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { HorizontalRule } from "@tiptap/extension-horizontal-rule";
import { Italic } from "@tiptap/extension-italic";
import { BulletList } from "@tiptap/extension-list/bullet-list";
import { ListItem } from "@tiptap/extension-list/item";
import { ListKeymap } from "@tiptap/extension-list/keymap";
import { OrderedList } from "@tiptap/extension-list/ordered-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { enterInCell, isInTable } from "./table.js";

/** A list without blank lines between its items is tight; only the written text shows the difference. */
const tight = { tight: { default: true, rendered: false } };

const OurHeading = Heading.extend({
  content: "text*",
  addAttributes: () => ({ level: { default: 3, rendered: false } }),
  addInputRules() {
    const rule = (find, level) => textblockTypeInputRule({ find, type: this.type, getAttributes: { level } });
    return [rule(/^#{1,3}\s$/, 3), rule(/^####\s$/, 4)];
  },
}).configure({ levels: [3, 4] });

// Tab leaves the editor, so items move by other keys.
const OurListItem = ListItem.extend({
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.commands.splitListItem(this.name),
      "Mod-]": () => this.editor.commands.sinkListItem(this.name),
      "Mod-[": () => this.editor.commands.liftListItem(this.name),
    };
  },
});

const Link = Mark.create({
  name: "link",
  priority: 1000,
  inclusive: false,
  addAttributes: () => ({ href: { default: "" }, title: { default: null } }),
  parseHTML: () => [{ tag: "a[href]" }],
  renderHTML: ({ HTMLAttributes }) => ["a", { ...HTMLAttributes, rel: "noopener noreferrer nofollow" }, 0],
});

const cell = (name, tag) => Node.create({
  name,
  content: "text*",
  isolating: true,
  parseHTML: () => [{ tag }],
  renderHTML: () => [tag, 0],
});

const Table = Node.create({
  name: "table",
  group: "block",
  content: "tableRow+",
  isolating: true,
  parseHTML: () => [{ tag: "table" }],
  renderHTML: () => ["table", ["tbody", 0]],
  addKeyboardShortcuts() {
    return { Enter: () => enterInCell(this.editor), "Shift-Enter": () => isInTable(this.editor.state) };
  },
});

const TableRow = Node.create({
  name: "tableRow",
  content: "(tableHeader | tableCell)+",
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: () => ["tr", 0],
});

export const CONTENT = [
  Document, Paragraph, Text, OurHeading, Blockquote, HorizontalRule, OurListItem, ListKeymap,
  BulletList.extend({ addAttributes: () => tight }),
  OrderedList.extend({ addAttributes: () => ({ ...tight, start: { default: 1 } }) }),
  HardBreak.extend({ addKeyboardShortcuts() { return { "Shift-Enter": () => this.editor.commands.setHardBreak() }; } }),
  Table, TableRow, cell("tableHeader", "th"), cell("tableCell", "td"),
  Link, Bold, Italic,
  Code.extend({ excludes: "" }),
];

export const schema = getSchema(CONTENT);
