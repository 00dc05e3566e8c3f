/** In place of the package `entities`: the browser has the same table. markdown-it asks for one entity at a time. */

const place = document.createElement("div");

/** @param {string} entity such as `&eacute;` @returns {string} itself when there is no such entity */
export function decodeHTML(entity) {
  place.innerHTML = entity;
  const found = place.textContent;
  // No entity is more than two characters; the rest is one that browsers read without its semicolon, as in `&notit;`.
  return [...found].length <= 2 ? found : entity;
}

export { decodeHTML as decodeHTMLStrict };
