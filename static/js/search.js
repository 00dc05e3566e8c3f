// The results follow the typing. Without this the form is sent by its button, and the page is the same.
const form = document.querySelector("form.search");
const field = form.elements.q;
let timer;
let running;

async function follow() {
  running?.abort();
  running = new AbortController();
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(address, { signal: running.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return; // the button still works, and asks to sign in
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("found");
    if (!found) return;
    document.getElementById("found").replaceChildren(...found.childNodes);
    document.title = page.title;
    history.replaceState(null, "", address);
  } catch {
    // offline or overtaken by the next letter: what is shown stays
  }
}

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(follow, 250);
});
