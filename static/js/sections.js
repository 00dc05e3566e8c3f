// @ts-check
/** Sections of a worksheet: all of them, shut to one line or open, or one at a time. */

/** @typedef {import("./autosave.js").Autosave} Autosave */

const SENDING = /^(send|check|rating|plan|statement|rubric-.*|look-.*)$/;

/** The address of a place in the worksheet, from this page: as `Page.way` on the server. @param {HTMLFormElement} form @param {string} anchor @param {string} section its name, '3.B' or 'send' */
export function way(form, anchor, section) {
  const here = new URLSearchParams(new URL(form.dataset.home ?? "", location.href).search).get("section");
  if (!here || !section || section === here) return `#${anchor}`;
  return `${new URL(form.dataset.home ?? "", location.href).pathname}?section=${section}#${anchor}`;
}

/** @param {HTMLFormElement} form @param {Autosave} autosave */
export function sections(form, autosave) {
  const open = () => openTarget(form);
  addEventListener("hashchange", open);
  open();
  follow(form);
  document.addEventListener("click", (event) => leave(event, autosave));
}

/** A link into a section that is shut to one line opens it; one into a section that is not shown leads there. @param {HTMLFormElement} form */
function openTarget(form) {
  const anchor = decodeURIComponent(location.hash.slice(1));
  const target = document.getElementById(anchor);
  if (!target && anchor) {
    const field = anchor.match(/^(\d+\.[A-Z]+)\.\d+$/);
    const elsewhere = way(form, anchor, field ? field[1] : SENDING.test(anchor) ? "send" : "");
    if (!elsewhere.startsWith("#")) location.assign(elsewhere);
    return;
  }
  const shut = target?.closest("details") ?? target?.querySelector(":scope > details.shut");
  if (!target || !(shut instanceof HTMLDetailsElement) || shut.open) return;
  shut.open = true;
  target.scrollIntoView();
}

/** What is typed reaches the server before another section is shown. @param {MouseEvent} event @param {Autosave} autosave */
async function leave(event, autosave) {
  const link = /** @type {Element} */ (event.target).closest("a[href]");
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const there = new URL(link.href);
  const isHere = there.origin === location.origin && there.pathname === new URL(autosave.home, location.href).pathname;
  if (link.target || !isHere || there.search === location.search || !autosave.unsaved) return;
  event.preventDefault();
  if (await autosave.settle()) location.assign(link.href);
}

/** @param {HTMLFormElement} form */
function follow(form) {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".toc a[href^='#']"));
  if (form.elements.namedItem("section")) return; // the page says which one is shown
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links) {
          if (link.hash === `#${entry.target.id}` && link.closest("ol")) link.setAttribute("aria-current", "location");
          else link.removeAttribute("aria-current");
        }
      }
    },
    { rootMargin: "-15% 0px -75% 0px" },
  );
  for (const section of form.querySelectorAll(".sec[id]")) seen.observe(section);
}
