/** A document to Markdown. A block nobody touched keeps the words it was read from, to the letter. */
import { canon, isBlank, isTight } from "./canon.js";
import { inline } from "./inline.js";
import { read } from "./read.js";

/**
 * @typedef {import("@tiptap/pm/model").Node} Node
 * @typedef {import("./inline.js").Way} Way
 * @typedef {ReturnType<typeof read>} Known what the document was read from
 * @typedef {{node: Node, text: string, index: number}} Piece one top block; index among the known blocks, or -1
 */

/** @type {Way[]} tried in this order until what is written reads as what was meant */
const WAYS = [
  { em: "*", all: false, edges: false },
  { em: "_", all: false, edges: false },
  { em: "*", all: true, edges: false },
  { em: "_", all: true, edges: false },
];
const INEXACT = { em: "*", all: false, edges: true }; // bold without the comma at its end

/** @type {Record<string, [string, string]>} a list next to a list of its kind needs another sign */
const SIGNS = { bulletList: ["-", "*"], orderedList: [".", ")"] };

/** @type {WeakMap<Node, Map<string, string>>} */
const remembered = new WeakMap();

/** @param {Node} doc @param {Known | null} known */
export function write(doc, known = null) {
  const pieces = cut(doc, known);
  if (!pieces.length) return known && !known.blocks.length ? known.text : "";
  let text = known && pieces[0].index === 0 ? known.text.slice(0, known.blocks[0].from) : "";
  pieces.forEach((piece, at) => {
    if (at) text += gap(pieces[at - 1], piece, known);
    text += piece.text;
  });
  const last = pieces[pieces.length - 1].index;
  return known && last >= 0 && last === known.blocks.length - 1 ? text + known.text.slice(known.blocks[last].to) : text;
}

function gap(before, after, known) {
  const neighbors = before.index >= 0 && after.index === before.index + 1;
  return neighbors ? known.text.slice(known.blocks[before.index].to, known.blocks[after.index].from) : "\n\n";
}

/** @returns {Piece[]} */
function cut(doc, known) {
  /** @type {Piece[]} */
  const pieces = [];
  const free = new Set(known?.blocks.keys() ?? []);
  doc.forEach((node) => {
    if (isBlank(node)) return;
    const before = pieces[pieces.length - 1];
    const avoid = before?.node.type === node.type ? sign(before.text, node) : "";
    const index = known ? found(node, known, free, before?.index ?? -1) : -1;
    free.delete(index);
    const kept = index >= 0 ? known.text.slice(known.blocks[index].from, known.blocks[index].to) : "";
    if (kept && !/^\s/.test(kept) && !(avoid && sign(kept, node) === avoid)) pieces.push({ node, text: kept, index });
    else pieces.push({ node, text: block(node, avoid), index: -1 });
  });
  return pieces;
}

/** Which known block this is: the same node, or, after an undo, one that is equal. */
function found(node, { blocks }, free, after) {
  let equal = -1;
  for (const index of free) {
    if (blocks[index].node === node) return index;
    if (blocks[index].node.eq(node) && (equal < 0 || index === after + 1)) equal = index;
  }
  return equal;
}

/** The sign of a list that is written already. */
function sign(text, node) {
  if (!SIGNS[node.type.name]) return "";
  return node.type.name === "bulletList" ? text[0] : (/^\d+([.)])/.exec(text)?.[1] ?? "");
}

/** One top block, checked by reading it again. @param {Node} node @param {string} avoid */
function block(node, avoid) {
  const before = remembered.get(node) ?? new Map();
  remembered.set(node, before);
  if (!before.has(avoid)) before.set(avoid, checked(node, avoid));
  return before.get(avoid);
}

function checked(node, avoid) {
  const meant = canon(node);
  for (const way of WAYS) {
    const text = any(node, way, avoid);
    if (reads(text) === meant) return text;
  }
  const text = any(node, INEXACT, avoid);
  return reads(text) ? text : any(node, WAYS[0], avoid);
}

/** @param {string} text @returns {string} what a reader sees of one block, or nothing */
function reads(text) {
  try {
    const { doc } = read(text);
    return doc.childCount === 1 ? canon(doc.firstChild) : "";
  } catch {
    return "";
  }
}

/** @param {Node} node @param {Way} way @param {string} [avoid] @param {boolean} [inList] @returns {string} */
function any(node, way, avoid = "", inList = false) {
  switch (node.type.name) {
    case "heading":
      return `${"#".repeat(node.attrs.level)} ${inline(node, way).replace(/( |^)(#+)$/, "$1\\$2")}`;
    case "horizontalRule":
      return inList ? "___" : "---"; // after the hyphen of an item, hyphens would be a rule instead of the item
    case "blockquote":
      return indented(blocks(children(node), way, "\n\n"), "> ", "> ");
    case "bulletList":
    case "orderedList":
      return list(node, way, avoid);
    case "table":
      return table(node, way);
    default:
      return inline(node, way);
  }
}

const children = (node) => Array.from({ length: node.childCount }, (_, index) => node.child(index)).filter((one) => !isBlank(one));

function blocks(nodes, way, between, inList = false) {
  const texts = [];
  nodes.forEach((node, at) => {
    const avoid = at && nodes[at - 1].type === node.type ? sign(texts[at - 1], node) : "";
    texts.push(any(node, way, avoid, inList));
  });
  return texts.join(between);
}

function list(node, way, avoid) {
  const chosen = SIGNS[node.type.name].find((one) => one !== avoid);
  const between = isTight(node) ? "\n" : "\n\n";
  const items = [];
  node.forEach((item, _, index) => {
    const marker = node.type.name === "bulletList" ? chosen : `${node.attrs.start + index}${chosen}`;
    const text = blocks(children(item), way, between, true);
    items.push(text ? indented(text, `${marker} `, " ".repeat(marker.length + 1)) : marker);
  });
  return items.join(between);
}

function indented(text, first, others) {
  return text.split("\n").map((one, index) => (index ? (one ? others + one : others.trimEnd()) : (first + one).trimEnd())).join("\n");
}

function table(node, way) {
  let width = 0;
  node.forEach((row) => (width = Math.max(width, row.childCount)));
  const rows = [];
  node.forEach((row) => {
    const cells = Array.from({ length: width }, (_, index) => (index < row.childCount ? inCell(row.child(index), way) : ""));
    rows.push(`| ${cells.join(" | ")} |`);
  });
  rows.splice(1, 0, `|${" --- |".repeat(width)}`);
  return rows.join("\n");
}

const inCell = (cell, way) => inline(cell, way).replaceAll("\n", " ").replace(/\|/g, way.all ? "|" : "\\|");
