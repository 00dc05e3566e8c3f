/**
 * What other programs put on the clipboard, made into the few elements a long text may hold. Styles are read as text:
 * the site's policy keeps a browser from applying them.
 */

const ADDRESS = /^(https?|mailto|tel):/i;
const DROPPED = [
  "script", "style", "meta", "link", "title", "xml", "del", "template", "noscript", "button", "select",
  ".msocomtxt", ".msocomanchor", ".MsoCommentReference", '[data-style*="mso-element:comment"]', '[data-style*="mso-special-character:comment"]',
  '[data-style*="mso-hide:all"]', '[data-style*="display:none"]',
].join();
const PICTURES = "img, picture, svg, canvas, object, embed, video, v\\:imagedata";
const BLOCKS = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, hr, pre, section, article";

/**
 * The elements of some HTML, with each style and handler where the policy does not look at it: even a document that is
 * never shown would report them.
 * @param {string} html
 */
export function parsed(html) {
  const tags = /<[a-z](?:"[^"]*"|'[^']*'|[^'">])*>/gi;
  const moved = html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(tags, (tag) => tag.replace(/([\s"'/])(style|on\w+)(?=\s*=)/gi, "$1data-$2"));
  return new DOMParser().parseFromString(moved, "text/html").body;
}

/** @param {string} html @returns {{body: HTMLElement, pictures: number}} */
export function clean(html) {
  const body = parsed(html);
  dropComments(body);
  for (const one of body.querySelectorAll(DROPPED)) one.remove();
  const pictures = body.querySelectorAll(PICTURES).length;
  for (const one of body.querySelectorAll(PICTURES)) one.remove();
  for (const one of [...body.querySelectorAll("*")]) if (one.localName.includes(":")) unwrap(one); // o:p, st1:place
  wordLists(body);
  for (const one of [...body.querySelectorAll("*")]) emphasis(one);
  headings(body);
  links(body);
  for (const one of [...body.querySelectorAll("table")]) table(one);
  for (const one of [...body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")]) intoItem(one);
  for (const one of [...body.querySelectorAll("pre")]) keepLines(one);
  breaks(body);
  for (const one of body.querySelectorAll("*")) bare(one);
  spaces(body);
  for (const one of [...body.querySelectorAll("p, h3, h4, strong, em")].reverse()) if (!one.textContent.trim() && !one.querySelector("br")) one.replaceWith(...spaceOf(one));
  return { body, pictures };
}

function dropComments(body) {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const all = [];
  while (walker.nextNode()) all.push(walker.currentNode);
  for (const one of all) one.remove();
}

const unwrap = (one) => one.replaceWith(...one.childNodes);
const spaceOf = (one) => (/\s/.test(one.textContent) && one.matches("strong, em") ? [" "] : []);
const styleOf = (one) => (one.getAttribute("data-style") ?? "").replaceAll(/\s*([:;])\s*/g, "$1");

/** @param {Element} one @param {string} tag */
function renamed(one, tag) {
  const made = one.ownerDocument.createElement(tag);
  made.append(...one.childNodes);
  one.replaceWith(made);
  return made;
}

// --- Word writes a list as paragraphs that say which list and level they belong to ---

function wordLists(body) {
  let open = []; // the lists of each level, outermost first
  let before = null;
  for (const paragraph of [...body.querySelectorAll("p")]) {
    const found = /mso-list:\s*\w+\s+level(\d+)/.exec(styleOf(paragraph));
    if (!found) continue;
    const marker = paragraph.querySelector('[data-style*="mso-list:Ignore" i]');
    const sign = marker?.textContent.trim() ?? "";
    marker?.remove();
    if (!before || !follows(before, paragraph)) open = [];
    const level = Math.min(Number(found[1]), open.length + 1);
    open.length = Math.min(open.length, level);
    if (!open[level - 1]) open.push(newList(paragraph, sign, open[level - 2]));
    const item = paragraph.ownerDocument.createElement("li");
    item.append(...paragraph.childNodes);
    open[level - 1].append(item);
    before = open[0];
    paragraph.remove();
  }
}

function follows(list, paragraph) {
  let next = list.nextSibling;
  while (next && next !== paragraph && !next.textContent.trim()) next = next.nextSibling;
  return next === paragraph;
}

function newList(paragraph, sign, above) {
  const numbered = /^\(?(\d+|[a-z]{1,4})[.)]/i.exec(sign);
  const list = paragraph.ownerDocument.createElement(numbered ? "ol" : "ul");
  if (Number(numbered?.[1]) > 1) list.setAttribute("start", numbered[1]);
  if (above) above.lastElementChild.append(list);
  else paragraph.before(list);
  return list;
}

// --- bold and italics come as elements or as styles, and Google Docs wraps everything in a <b> that is not bold ---

/** @param {Element} one */
function emphasis(one) {
  const style = styleOf(one);
  const isBold = /(?<![-\w])font-weight:(bold|[6-9]00)/.test(style);
  const isItalic = /(?<![-\w])font-style:(italic|oblique)/.test(style);
  let place = one;
  if (one.matches("b, strong")) place = /(?<![-\w])font-weight:(normal|[1-5]00)/.test(style) ? renamed(one, "span") : renamed(one, "strong");
  else if (one.matches("i, em, cite, dfn")) place = /(?<![-\w])font-style:normal/.test(style) ? renamed(one, "span") : renamed(one, "em");
  if (place.querySelector(BLOCKS)) return place.matches("strong, em") ? unwrap(place) : undefined;
  if (isBold && !place.matches("strong")) inside(place, "strong");
  if (isItalic && !place.matches("em")) inside(place, "em");
}

function inside(one, tag) {
  const made = one.ownerDocument.createElement(tag);
  made.append(...one.childNodes);
  one.append(made);
}

function headings(body) {
  for (const one of [...body.querySelectorAll("h1, h2, h3, h4, h5, h6, p.MsoTitle, p[class^=MsoHeading]")]) {
    const made = renamed(one, /^h[4-6]$/.test(one.localName) ? "h4" : "h3");
    for (const bold of [...made.querySelectorAll("strong")]) unwrap(bold);
    for (const line of made.querySelectorAll("br")) line.replaceWith(" ");
  }
}

function links(body) {
  for (const one of [...body.querySelectorAll("a")]) {
    if (!ADDRESS.test(one.getAttribute("href") ?? "")) unwrap(one);
  }
}

// --- tables: a cell holds one line ---

function table(one) {
  if (!one.isConnected) return;
  const cells = [...one.querySelectorAll("td, th")];
  if (cells.length === 1 || one.parentElement?.closest("td, th")) return one.replaceWith(...cells.flatMap((cell) => [" ", ...cell.childNodes]));
  for (const cell of cells) {
    for (const line of cell.querySelectorAll("br")) line.replaceWith(" ");
    for (const block of [...cell.querySelectorAll(BLOCKS)].reverse()) block.replaceWith(...block.childNodes, " ");
  }
  for (const cell of [...(one.rows[0]?.cells ?? [])]) if (cell.localName === "td") renamed(cell, "th");
  for (const row of [...one.rows]) if (!row.cells.length) row.remove();
  for (const rest of one.querySelectorAll("colgroup, caption")) rest.remove();
}

/** Google Docs puts a nested list behind its item instead of into it. */
function intoItem(list) {
  const item = list.previousElementSibling;
  if (item?.localName === "li") item.append(list);
}

function keepLines(pre) {
  const paragraph = renamed(pre, "p");
  const lines = paragraph.textContent.trimEnd().split("\n");
  paragraph.replaceChildren(...lines.flatMap((line, index) => (index ? [paragraph.ownerDocument.createElement("br"), line] : [line])));
}

/** A break beside a block, or at the end of one, is only distance; two in a row are a new paragraph. */
function breaks(body) {
  for (const one of [...body.querySelectorAll("br")]) {
    const isLast = !one.nextSibling?.textContent.trim() && !(one.nextSibling instanceof Element && one.nextSibling.localName === "br") && !one.nextElementSibling;
    const byBlock = one.previousElementSibling?.matches(BLOCKS) || one.nextElementSibling?.matches(BLOCKS);
    if (one.className.includes("interchange") || isLast || (byBlock && !beside(one))) one.remove();
  }
  for (const one of [body, ...body.querySelectorAll("div")]) lone(one);
  for (const one of [...body.querySelectorAll("p, div")]) {
    if (!one.querySelector(BLOCKS)) split(one);
  }
}

/** Words between blocks, or with breaks between them, get a paragraph of their own. @param {Element} box */
function lone(box) {
  if (!box.querySelector("br, p, div")) return;
  let paragraph = null;
  for (const one of [...box.childNodes]) {
    if (one instanceof Element && (one.matches(BLOCKS) || one.querySelector(BLOCKS))) paragraph = null;
    else {
      if (!paragraph) one.before((paragraph = box.ownerDocument.createElement("p")));
      paragraph.append(one);
    }
  }
}

/** Whether words stand on the same line as this break. */
function beside(one) {
  return [one.previousSibling, one.nextSibling].some((near) => near?.nodeType === Node.TEXT_NODE && near.textContent.trim());
}

/** @param {Element} paragraph */
function split(paragraph) {
  for (const one of [...paragraph.children]) {
    const next = one.nextElementSibling;
    if (one.localName !== "br" || next?.localName !== "br" || (one.nextSibling !== next && one.nextSibling?.textContent.trim())) continue;
    const first = paragraph.ownerDocument.createElement("p");
    while (paragraph.firstChild !== one) first.append(paragraph.firstChild);
    one.remove();
    next.remove();
    paragraph.before(first);
  }
}

/** @param {Element} one */
function bare(one) {
  for (const { name } of [...one.attributes]) {
    if (!(one.localName === "a" && name === "href") && !(one.localName === "ol" && name === "start")) one.removeAttribute(name);
  }
}

/** A space that does not break is how other programs keep two spaces; here it is one. */
function spaces(body) {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replace(/[\s\u00a0]+/g, " ").replaceAll("\u200b", "");
}
