// @ts-check
// The page of a cancelled cohort renews itself while somebody waits to be seen to. Without it, "Look again" does.
const EVERY = 10_000; // milliseconds

const shown = () => /** @type {HTMLElement | null} */ (document.getElementById("progress"));
let timer = 0;

async function renew() {
  window.clearTimeout(timer);
  if (document.hidden) return;
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (answer.status === 200 && !answer.redirected) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // no network: the page stays as it is, and is asked for again
  }
  if (Number(shown()?.dataset.waiting)) timer = window.setTimeout(renew, EVERY);
}

/** Put the newer state in the place of the one shown, unless somebody is inside it. @param {Document} page */
function take(page) {
  const now = page.getElementById("progress");
  const before = shown();
  if (now && before && !before.contains(document.activeElement)) before.replaceWith(document.adoptNode(now));
}

document.addEventListener("visibilitychange", renew);
timer = window.setTimeout(renew, EVERY);
