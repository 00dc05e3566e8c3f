/** Markdown to a document. The reader is set as the one on the server is, so both see the same text. */
import MarkdownIt from "markdown-it";
import { schema } from "./schema.js";

const reader = new MarkdownIt("commonmark", { html: false, breaks: true }).enable("table").disable("image");
const DEEPEST = 16; // levels; beyond 20 the reader leaves text out
const BLOCKS = {
  paragraph: "paragraph", blockquote: "blockquote", list_item: "listItem", bullet_list: "bulletList",
  ordered_list: "orderedList", table: "table", tr: "tableRow", th: "tableHeader", td: "tableCell",
};
const MARKS = { strong: "bold", em: "italic" };

/** The text holds something the editor cannot show as it is. */
export class CannotHold extends Error {}

/**
 * @typedef {import("@tiptap/pm/model").Node} Node
 * @typedef {{node: Node, from: number, to: number}} Block one top block, and where it stands in the text
 * @param {string} text
 * @returns {{doc: Node, blocks: Block[], text: string}}
 */
export function read(text) {
  const tokens = reader.parse(text, {});
  if (tokens.some((one) => one.level > DEEPEST)) throw new CannotHold("too deep");
  const children = build(tokens);
  const blocks = placed(children, tokens, text);
  const doc = schema.nodes.doc.create(null, children.length ? children : [schema.nodes.paragraph.create()]);
  doc.check();
  return { doc, blocks, text };
}

/** @param {import("markdown-it").Token[]} tokens */
function build(tokens) {
  const stack = [{ name: "doc", attrs: {}, content: [] }];
  for (const token of tokens) {
    const top = stack[stack.length - 1];
    const kind = token.type.replace(/_(open|close)$/, "");
    if (kind === "thead" || kind === "tbody") continue;
    if (token.type === "inline") top.content.push(...inline(token.children ?? []));
    else if (token.type === "hr") top.content.push(schema.nodes.horizontalRule.create());
    else if (token.nesting === 1) stack.push(opened(kind, token, stack));
    else if (token.nesting === -1) {
      stack.pop();
      stack[stack.length - 1].content.push(closed(top));
    } else throw new CannotHold(token.type);
  }
  return stack[0].content;
}

function opened(kind, token, stack) {
  if (kind === "heading") {
    const level = Number(token.tag[1]);
    if (level > 4) throw new CannotHold(token.tag);
    return { name: "heading", attrs: { level: Math.max(3, level) }, content: [] };
  }
  if (!BLOCKS[kind]) throw new CannotHold(token.type);
  const list = stack[stack.length - 2];
  if (kind === "paragraph" && !token.hidden && stack[stack.length - 1].name === "listItem") list.attrs.tight = false;
  const attrs = kind === "ordered_list" ? { start: Number(token.attrGet("start") ?? 1) } : {};
  return { name: BLOCKS[kind], attrs, content: [] };
}

function closed({ name, attrs, content }) {
  const first = content[0]?.type.name;
  if ((name === "listItem" && first !== "paragraph") || (name === "blockquote" && !first)) content.unshift(schema.nodes.paragraph.create());
  return schema.nodes[name].create(attrs, content);
}

/** @param {import("markdown-it").Token[]} tokens */
function inline(tokens) {
  const found = [];
  let marks = [];
  for (const token of tokens) {
    const kind = token.type.replace(/_(open|close)$/, "");
    if (token.type === "text") found.push(...written(token.content, marks));
    else if (token.type === "softbreak" || token.type === "hardbreak") found.push(schema.nodes.hardBreak.create());
    else if (token.type === "code_inline") found.push(...written(token.content, schema.marks.code.create().addToSet(marks)));
    else if (token.type === "link_open") {
      const link = schema.marks.link.create({ href: token.attrGet("href"), title: token.attrGet("title") });
      marks = link.addToSet(marks);
    } else if (token.type === "link_close") marks = schema.marks.link.removeFromSet(marks);
    else if (MARKS[kind] && token.nesting === 1) marks = schema.marks[MARKS[kind]].create().addToSet(marks);
    else if (MARKS[kind]) marks = schema.marks[MARKS[kind]].removeFromSet(marks);
    else throw new CannotHold(token.type);
  }
  return found;
}

const written = (text, marks) => (text ? [schema.text(text, marks)] : []);

/** Where each top block stands. @returns {Block[]} */
function placed(children, tokens, text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const tops = tokens.filter((one) => one.level === 0 && one.nesting >= 0 && one.map);
  const blocks = tops.map(({ map: [first, end] }, index) => {
    const from = starts[first];
    const raw = text.slice(from, starts[end] ?? text.length);
    return { node: children[index], from, to: from + raw.trimEnd().length };
  });
  let behind = 0;
  for (const { from, to } of blocks) {
    between(text.slice(behind, from));
    behind = to;
  }
  between(text.slice(behind));
  return blocks;
}

/** Between two blocks stand blank lines, or the definition of a link that blocks refer to. @param {string} gap */
function between(gap) {
  if (gap.trim()) throw new CannotHold("definition");
}
