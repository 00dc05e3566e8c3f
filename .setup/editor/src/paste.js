/** From the clipboard to a document: cleaned HTML, Markdown, or lines. */
import { Fragment, DOMParser as Reader, Slice } from "@tiptap/pm/model";
import { clean, parsed } from "./clean.js";
import { read } from "./read.js";
import { schema } from "./schema.js";

const STRUCTURE = "h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, a[href], b, strong, i, em, img, [data-style*='mso-list'], [data-style*='font-weight:7'], [data-style*='italic']";
const MARKDOWN = /^(#{1,6} |[-*+] |\d+[.)] |> |\|.*\|)|\*\*\S|\]\(https?:/m;

/** Whether the HTML says nothing that the text does not say better: Markdown copied from a plain editor. */
export function isMarkdown(html, text) {
  return MARKDOWN.test(text) && !parsed(html).querySelector(STRUCTURE);
}

/** @param {string} html @returns {{doc: import("@tiptap/pm/model").Node, pictures: number}} */
export function fromHtml(html) {
  const { body, pictures } = clean(html);
  return { doc: Reader.fromSchema(schema).parse(body), pictures };
}

/** @param {string} text @param {boolean} literally as it stands, signs and all */
export function fromText(text, literally = false) {
  const plain = text.replaceAll(/\r\n?/g, "\n").replaceAll("\0", "");
  if (literally) return asLines(plain);
  try {
    return read(plain).doc;
  } catch {
    return asLines(plain);
  }
}

function asLines(text) {
  const paragraphs = text.split(/\n\s*\n/).map((part) => {
    const lines = part.split("\n").flatMap((line, index) => [...(index ? [schema.nodes.hardBreak.create()] : []), ...(line ? [schema.text(line)] : [])]);
    return schema.nodes.paragraph.create(null, lines);
  });
  return schema.nodes.doc.create(null, paragraphs);
}

/**
 * A first and a last paragraph flow into the line they are put in; a list or a heading stays what it is.
 * @param {import("@tiptap/pm/model").Node} doc @param {import("@tiptap/pm/model").Schema} into the editor's own
 */
export function slice(doc, into) {
  const open = (node) => (node?.type.name === "paragraph" ? 1 : 0);
  return new Slice(Fragment.fromJSON(into, doc.content.toJSON()), open(doc.firstChild), open(doc.lastChild));
}
