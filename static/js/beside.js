// @ts-check
/**
 * A lesson, the sample's answer or a criterion of the rubric beside the field, without leaving it: a panel at the side, on
 * a phone a sheet from below. Escape, the button or the browser's Back close it. Without this file they are links.
 */

/** @type {Map<string, Promise<Document>>} */
const pages = new Map();

/** @param {HTMLAnchorElement} link */
async function partOf(link) {
  const address = new URL(link.href);
  const anchor = decodeURIComponent(address.hash.slice(1));
  const path = address.pathname + address.search;
  const here = path === location.pathname + location.search || !address.pathname ? document : await fetched(path);
  const part = anchor ? here.getElementById(anchor) : here.querySelector("article.prose");
  if (!part) throw new Error("nothing there");
  const copy = /** @type {HTMLElement} */ (document.importNode(part, true));
  for (const one of copy.querySelectorAll("form, .turn, script, .beside")) one.remove();
  for (const one of [copy, ...copy.querySelectorAll("[id]")]) one.removeAttribute("id");
  for (const one of copy.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    one.removeAttribute("aria-labelledby");
    one.removeAttribute("aria-describedby");
  }
  for (const one of copy.querySelectorAll("a[href^='#']")) one.replaceWith(...one.childNodes); // led to a place in that page
  for (const one of copy.querySelectorAll("h1")) one.remove(); // the panel has its own heading
  return copy;
}

/** @param {string} path */
function fetched(path) {
  const known = pages.get(path);
  if (known) return known;
  const page = fetch(path, { headers: { Accept: "text/html" }, redirect: "error" }).then(async (response) => {
    if (!response.ok) throw new Error(String(response.status));
    return new DOMParser().parseFromString(await response.text(), "text/html");
  });
  pages.set(path, page);
  page.catch(() => pages.delete(path));
  return page;
}

class Panel {
  constructor() {
    this.box = document.createElement("aside");
    this.box.className = "aside";
    this.box.hidden = true;
    this.box.setAttribute("aria-labelledby", "aside-title");
    this.box.innerHTML = `<header><h2 id="aside-title" tabindex="-1"></h2><a>Open as a page</a><button type="button" class="btn btn--quiet btn--small">Close</button></header><div class="aside__text" tabindex="0" role="region" aria-labelledby="aside-title"></div>`;
    document.body.append(this.box);
    this.title = /** @type {HTMLElement} */ (this.box.querySelector("h2"));
    this.page = /** @type {HTMLAnchorElement} */ (this.box.querySelector("a"));
    this.text = /** @type {HTMLElement} */ (this.box.querySelector(".aside__text"));
    /** @type {HTMLAnchorElement | null} */
    this.from = null;
    this.box.querySelector("button")?.addEventListener("click", () => this.close());
    addEventListener("keydown", (event) => event.key === "Escape" && !this.box.hidden && !event.defaultPrevented && this.close());
    addEventListener("popstate", () => this.shut());
  }

  /** @param {HTMLAnchorElement} link */
  async open(link) {
    const words = link.textContent ?? "";
    this.from?.removeAttribute("aria-expanded");
    this.from = link;
    link.setAttribute("aria-expanded", "true");
    this.title.textContent = words;
    this.page.href = link.href;
    this.page.target = "_blank";
    this.text.replaceChildren("Loading…");
    if (this.box.hidden) history.pushState({ beside: true }, "");
    this.keepPlace(() => {
      this.box.hidden = false;
      document.documentElement.classList.add("has-aside");
    });
    this.title.focus({ preventScroll: true });
    try {
      const part = await partOf(link);
      if (this.from === link) this.text.replaceChildren(part);
    } catch {
      if (this.from === link) this.text.textContent = "This could not be loaded just now. Your worksheet is as it was; try again when there is a connection.";
    }
    this.text.scrollTop = 0;
  }

  /** The field stays where it is on the screen when the page gets narrower or wider. @param {() => void} act */
  keepPlace(act) {
    const field = this.from?.closest(".field") ?? document.body;
    const before = field.getBoundingClientRect().top;
    act();
    scrollBy({ top: field.getBoundingClientRect().top - before, behavior: "instant" });
  }

  close() {
    if (history.state?.beside) history.back(); // comes back as popstate
    else this.shut();
  }

  shut() {
    if (this.box.hidden) return;
    this.keepPlace(() => {
      this.box.hidden = true;
      document.documentElement.classList.remove("has-aside");
    });
    this.from?.removeAttribute("aria-expanded");
    this.from?.focus({ preventScroll: true });
  }
}

/** @type {Panel | null} */
let panel = null;

export function beside() {
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("a[data-beside]");
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    panel ??= new Panel();
    panel.open(link);
  });
}
