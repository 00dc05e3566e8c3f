/** The words of one block as Markdown, with as few signs as are needed to be read back the same. */

/**
 * @typedef {{em: string, all: boolean, edges: boolean}} Way how to write: the sign of italics, whether every sign is
 *   escaped, and whether punctuation at the edge of bold or italics stands outside
 * @typedef {{text: string, marks: readonly import("@tiptap/pm/model").Mark[]}} Run
 */

const PUNCTUATION = /[!-/:-@[-`{-~]/;
const ORDER = ["link", "bold", "italic", "code"];

/** @param {import("@tiptap/pm/model").Node} block @param {Way} way */
export function inline(block, way) {
  /** @type {Run[]} */
  const runs = [];
  block.forEach((child) => runs.push({ text: child.isText ? child.text : "\n", marks: child.isText ? child.marks : [] }));
  // A break has no marks of its own: it belongs to what surrounds it.
  runs.forEach((run, index) => {
    const [before, after] = [runs[index - 1], runs[index + 1]];
    if (run.text === "\n" && before && after) run.marks = before.marks.filter((one) => one.type.name !== "code" && one.isInSet(after.marks));
  });
  return lines(nested(runs, [], way), way);
}

/** @param {Run[]} runs @param {import("@tiptap/pm/model").Mark[]} open @param {Way} way */
function nested(runs, open, way) {
  let said = "";
  for (let at = 0; at < runs.length; ) {
    const rest = runs[at].marks.filter((one) => !one.isInSet(open));
    if (!rest.length) {
      const inLink = open.some((one) => one.type.name === "link");
      said += escaped(runs[at++].text, way, inLink);
      continue;
    }
    const reach = (mark) => {
      let end = at + 1;
      while (end < runs.length && mark.isInSet(runs[end].marks)) end++;
      return end;
    };
    const [mark] = [...rest].sort((one, two) => place(one) - place(two) || reach(two) - reach(one));
    const end = reach(mark);
    const around = { before: said.at(-1) ?? "", after: runs[end]?.text[0] ?? "" };
    said += wrapped(mark, runs.slice(at, end), [...open, mark], way, around);
    at = end;
  }
  return said;

  function place(mark) {
    return mark.type.name === "code" ? ORDER.length : 0;
  }
}

function wrapped(mark, runs, open, way, { before, after }) {
  if (mark.type.name === "code") return code(runs.map((one) => one.text).join(""));
  const inner = nested(runs, open, way);
  if (mark.type.name === "link") return link(mark.attrs, inner, runs.map((one) => one.text).join(""));
  const sign = mark.type.name === "bold" ? "**" : way.em;
  let [, lead, core, trail] = /^(\s*)(.*?)(\s*)$/su.exec(inner);
  // Between a word and punctuation a sign neither opens nor closes.
  const isBetween = (space, near) => way.edges && !space && /[\p{L}\p{N}]/u.test(near);
  if (isBetween(lead, before)) [, lead, core] = /^([\p{P}\p{S}]*)(.*)$/su.exec(core);
  if (isBetween(trail, after)) [, core, trail] = /^(.*?)([\p{P}\p{S}]*)$/su.exec(core);
  return core ? `${lead}${sign}${core}${sign}${trail}` : lead + trail;
}

function code(text) {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((one) => one.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^`|`$|^ .* $/.test(text) ? " " : "";
  return fence + pad + text + pad + fence;
}

function link({ href, title }, inner, text) {
  if (text === href && !title && /^[a-z][a-z\d+.-]{1,31}:[^\s<>]*$/i.test(href)) return `<${href}>`;
  const address = /[\s()<>]/.test(href) || !href ? `<${href.replace(/[<>\\]/g, "\\$&")}>` : href;
  const name = title ? ` "${title.replace(/["\\]/g, "\\$&")}"` : "";
  return `[${inner}](${address}${name})`;
}

/** @param {string} text @param {Way} way @param {boolean} inLink */
function escaped(text, way, inLink) {
  if (way.all) return text.replace(/[!-/:-@[-`{-~]/g, "\\$&");
  return text.replace(/[\\`*_[\]<&]/g, (sign, at) => {
    const [before, after, rest] = [text[at - 1], text[at + 1], text.slice(at)];
    const loose = before !== undefined && after !== undefined && /\s/.test(before) && /\s/.test(after);
    const word = /[\p{L}\p{N}]/u;
    const plain = {
      "\\": after !== undefined && after !== "\n" && !PUNCTUATION.test(after),
      "`": false,
      "*": loose,
      "_": loose || (word.test(before ?? "") && word.test(after ?? "")),
      "[": !inLink,
      "]": !inLink && after !== "(",
      "<": !/^<[^\s<>]*[:@]/.test(rest),
      "&": !/^&(#\d+|#x[\da-f]+|\w+);/i.test(rest),
    }[sign];
    return plain ? sign : `\\${sign}`;
  });
}

/** What would begin something else at the head of a line. @param {string} text @param {Way} way */
function lines(text, way) {
  const all = text.split("\n").map((one) => one.trim());
  while (all.length && !all[all.length - 1]) all.pop();
  return all
    .map((one, index) => {
      if (!one) return "\\"; // a second break in a row
      return way.all ? one : head(one, index);
    })
    .join("\n");
}

function head(line, index) {
  if (/^(#{1,6}(\s|$)|>|[-+*](\s|$)|~{3}|([*_-]\s*){3,}$|\[[^\]]*\]:)/.test(line)) return `\\${line}`;
  if (index && /^(=+|-+)$/.test(line)) return `\\${line}`;
  if (index && /^[\s|:-]*-[\s|:-]*$/.test(line)) return `\\${line}`;
  return line.replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
}
