// @ts-check
/** A bar of Markdown buttons above a plain long text: for a text that the editor cannot hold, or when it does not come. */
import { icon } from "./icon.js";

/** @type {[string, string, string, string, string][]} name, words, before, after, placeholder */
const MARKS = [
  ["bold", "Bold", "**", "**", "bold"],
  ["italic", "Italic", "*", "*", "italic"],
  ["heading-2", "Heading", "### ", "", "Heading"],
  ["list", "Bulleted list", "- ", "", "item"],
  ["list-ordered", "Numbered list", "1. ", "", "item"],
  ["link", "Link", "[", "](https://)", "words"],
];

/** @param {HTMLElement} editor @param {string} sprite address of the icons */
export function addBar(editor, sprite) {
  const area = /** @type {HTMLTextAreaElement} */ (editor.querySelector("textarea"));
  const label = document.querySelector(`label[for="${area.id}"]`)?.firstChild?.textContent ?? "";
  const bar = document.createElement("div");
  bar.className = "ed__bar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", `Format: ${label}`);
  for (const [name, words, before, after, sample] of MARKS) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", words);
    button.append(icon(sprite, name));
    button.addEventListener("click", () => wrap(area, before, after, sample));
    bar.append(button);
  }
  const headings = editor.dataset.headings?.split("|") ?? [];
  const offer = document.createElement("button");
  offer.type = "button";
  offer.className = "ed__offer";
  offer.textContent = "Put in the headings";
  offer.addEventListener("click", () => {
    type(area, headings.map((one) => `### ${one}\n\n`).join(""));
    area.setSelectionRange(headings[0].length + 5, headings[0].length + 5);
  });
  const count = document.createElement("span");
  if (headings.length) bar.append(offer);
  bar.append(count);
  editor.prepend(bar);
  const tell = () => {
    const words = area.value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    count.textContent = words === 1 ? "1 word" : `${words} words`;
    offer.hidden = Boolean(area.value.trim());
  };
  area.addEventListener("input", tell);
  area.addEventListener("refresh", tell);
  tell();
}

/** Typed as by hand, so that undo works. @param {HTMLTextAreaElement} area @param {string} text */
function type(area, text) {
  area.focus();
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** @param {HTMLTextAreaElement} area @param {string} before @param {string} after @param {string} sample */
function wrap(area, before, after, sample) {
  const start = area.selectionStart;
  const chosen = area.value.slice(start, area.selectionEnd) || sample;
  const begins = start === 0 || area.value[start - 1] === "\n";
  const lead = before.endsWith(" ") && !begins ? `\n${before}` : before;
  const body = before.endsWith(" ") ? chosen.replaceAll("\n", `\n${before}`) : chosen;
  type(area, lead + body + after);
  area.setSelectionRange(start + lead.length, start + lead.length + body.length);
}
