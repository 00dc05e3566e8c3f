// @ts-check
/**
 * Long texts. When one comes near or gets the focus, the rich text editor (vendor/editor.js) is fetched and put over its
 * textarea. The textarea stays what the form sends: the editor writes Markdown into it and says `input` on it.
 *
 * Who sets the value of such a textarea by script (a copy put back, an undo, an older version) then says
 * `area.dispatchEvent(new Event("refresh"))`: the editor shows the new value and says nothing back. The value alone is
 * enough where there is no editor. All that is fetched stands in the markup with its version: data-editor, data-bar, data-css.
 */

const NEAR = "600px 0px"; // above and below the window
const CANNOT = "This text has parts that the editor would change, so it stands here as it is: plain, with signs such as ** and ###.";

/** @typedef {{mount: (box: HTMLElement, options: {sprite: string, onPlain: () => void}) => {focus: () => void} | null}} Bundle */

/** @type {Promise<Bundle | null> | null} null in the end: it did not come */
let bundle = null;

/** The editor and its styles, once for the page. @param {HTMLElement} box */
function fetched({ dataset }) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = dataset.css ?? "";
  const styled = new Promise((done) => {
    for (const name of ["load", "error"]) sheet.addEventListener(name, done);
  });
  document.head.append(sheet);
  return Promise.all([import(dataset.editor ?? ""), styled]).then(([made]) => made, () => null);
}

/** @param {HTMLElement} root @param {string} sprite address of the icons */
export function longTexts(root, sprite) {
  const boxes = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".ed"));
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) begin(/** @type {HTMLElement} */ (target));
    },
    { rootMargin: NEAR },
  );
  /** @param {HTMLElement} box */
  const begin = (box) => {
    near.unobserve(box);
    open(box, sprite);
  };
  for (const box of boxes) {
    near.observe(box);
    box.addEventListener("focusin", () => begin(box), { once: true });
  }
}

/** @param {HTMLElement} box @param {string} sprite */
async function open(box, sprite) {
  if (box.dataset.opened) return;
  box.dataset.opened = "soon";
  const area = /** @type {HTMLTextAreaElement} */ (box.querySelector("textarea"));
  const found = area.value;
  const made = await (bundle ??= fetched(box));
  if (!made) return plain(box, sprite, "");
  if (document.activeElement !== area) return put(made, box, sprite);
  if (area.value !== found) return area.addEventListener("blur", () => put(made, box, sprite), { once: true }); // somebody is typing
  put(made, box, sprite)?.focus();
}

/** @param {Bundle} made @param {HTMLElement} box @param {string} sprite */
function put(made, box, sprite) {
  const editor = made.mount(box, { sprite, onPlain: () => plain(box, sprite, CANNOT) });
  if (!editor) plain(box, sprite, CANNOT);
  else box.dataset.opened = "yes";
  return editor;
}

/** @param {HTMLElement} box @param {string} sprite @param {string} why a sentence, or nothing */
async function plain(box, sprite, why) {
  const bar = await import(box.dataset.bar ?? "").catch(() => null); // the text is there without it
  bar?.addBar(box, sprite);
  box.dataset.opened = "plain";
  if (!why) return;
  const said = document.createElement("p");
  said.className = "ed__said";
  said.textContent = why;
  box.append(said);
}
