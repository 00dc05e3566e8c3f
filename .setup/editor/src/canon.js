/**
 * What a document says, without what Markdown cannot keep: spaces at the ends of lines, bold spaces, empty paragraphs.
 * Two documents with the same words here are the same to their reader.
 */

/** @param {import("@tiptap/pm/model").Node} node @returns {string} */
export function canon(node) {
  if (node.isTextblock) return `<${node.type.name === "tableHeader" ? "tableCell" : node.type.name}${node.attrs.level ?? ""}>${words(node)}`;
  if (node.isLeaf) return `<${node.type.name}>`;
  if (node.type.name === "table") return table(node);
  const parts = [];
  node.forEach((child) => {
    if (!isBlank(child)) parts.push(canon(child));
  });
  const own = node.type.name === "orderedList" ? node.attrs.start : "";
  const close = isTight(node) ? "tight" : "";
  return `<${node.type.name}${own}${close}>${parts.join("")}</>`;
}

/** @param {import("@tiptap/pm/model").Node} node */
export const isBlank = (node) => node.type.name === "paragraph" && !node.textContent.trim();

/** Whether a list is written without blank lines; one short item cannot show them. @param {import("@tiptap/pm/model").Node} node */
export function isTight(node) {
  let plain = true;
  let several = node.childCount > 1;
  node.forEach((item) => {
    const kinds = [];
    item.forEach((child) => {
      if (!isBlank(child)) kinds.push(child.type.name);
    });
    plain &&= kinds.length < 2 || (kinds.length === 2 && kinds[0] === "paragraph" && kinds[1].endsWith("List"));
    several ||= kinds.length > 1;
  });
  return plain && (node.attrs.tight || !several);
}

function table(node) {
  let width = 0;
  node.forEach((row) => (width = Math.max(width, row.childCount)));
  const rows = [];
  node.forEach((row) => {
    const cells = Array.from({ length: width }, (_, index) => (index < row.childCount ? words(row.child(index)) : ""));
    rows.push(cells.join("<|>"));
  });
  return `<table>${rows.join("<->")}</>`;
}

/** Each letter with its marks. @param {import("@tiptap/pm/model").Node} block */
function words(block) {
  const lines = [[]];
  block.forEach((child) => {
    if (!child.isText) return lines.push([]);
    const all = child.marks.map(named).sort().join();
    const onSpace = child.marks.filter((one) => one.type.name === "code" || one.type.name === "link").map(named).sort().join();
    for (const letter of child.text) lines[lines.length - 1].push([letter, /\s/.test(letter) ? onSpace : all]);
  });
  while (lines.length > 1 && !lines[lines.length - 1].some(([letter]) => letter.trim())) lines.pop();
  return lines.map(line).join("<br>");
}

const named = (mark) => `${mark.type.name}${mark.attrs.href ? ` ${mark.attrs.href} ${mark.attrs.title ?? ""}` : ""}`;

function line(letters) {
  let from = 0;
  let to = letters.length;
  while (from < to && !letters[from][0].trim()) from++;
  while (to > from && !letters[to - 1][0].trim()) to--;
  let said = "";
  let before = "";
  for (const [letter, marks] of letters.slice(from, to)) {
    if (marks !== before) said += `<${marks}>`;
    before = marks;
    said += letter;
  }
  return said;
}
