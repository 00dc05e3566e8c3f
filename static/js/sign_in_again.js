// @ts-check
/**
 * Sign in again in place: a dialog over the page asks for the password of the person whose page it is, and for the code
 * where that account has a second factor. Nothing below it moves: text, caret and scroll stay. Afterwards the window hears
 * "signed-in", and whatever waited for it goes on. Loaded only when it is needed.
 *
 * @typedef {{status: number, error?: string, next?: string, said?: string, csrf_token?: string}} Answer
 */

const SENTENCES = {
  ended: "You were signed out, perhaps because a long time has passed. What you typed is kept on this device; sign in, and it is saved.",
  other: "Somebody else is signed in here by now. Sign in as yourself, and what you typed is saved.",
  code: "Type the six digits that the app on your phone shows now, or one of your recovery codes.",
  offline: "There is no connection just now. Try again in a moment; your text is kept on this device.",
};

/** @type {HTMLDialogElement | null} */
let open = null; // one question, however many forms of the page wait for it

const looks = document.createElement("link");
looks.rel = "stylesheet";
looks.href = new URL("../css/again.css", import.meta.url).href;
document.head.append(looks);

/** @param {string} address whose page this is @param {string} elsewhere the sign-in page, leading back here */
export function signInAgain(address, elsewhere) {
  if (open) return;
  const put = whereThePersonWas();
  const dialog = (open = document.createElement("dialog"));
  dialog.className = "again";
  dialog.setAttribute("aria-labelledby", "again-title");
  dialog.addEventListener("close", () => {
    dialog.remove();
    open = null;
    put();
  });
  const asking = new Asking(dialog, address, elsewhere);
  document.body.append(dialog);
  asking.begin();
  dialog.showModal();
}

class Asking {
  /** @param {HTMLDialogElement} dialog @param {string} address @param {string} elsewhere */
  constructor(dialog, address, elsewhere) {
    this.dialog = dialog;
    this.address = address;
    this.elsewhere = elsewhere;
    this.token = "";
    this.step = "password";
    this.form = this.draw();
  }

  draw() {
    const form = document.createElement("form");
    form.noValidate = true;
    form.append(
      make("h2", { id: "again-title", textContent: "Sign in again" }),
      make("p", { id: "again-why", textContent: SENTENCES.ended }),
      make("p", { className: "again__who", textContent: this.address }),
      make("input", { type: "text", name: "username", value: this.address, autocomplete: "username", hidden: true, readOnly: true, tabIndex: -1 }),
      make("label", { htmlFor: "again-secret", id: "again-label", className: "control__label", textContent: "Password" }),
      make("input", { id: "again-secret", className: "in", type: "password", autocomplete: "current-password" }),
      make("p", { id: "again-said", className: "again__said", role: "alert" }),
    );
    const acts = make("p", { className: "acts" });
    acts.append(
      make("button", { type: "submit", className: "btn", textContent: "Sign in" }),
      this.button("Mail me a link instead", "plain", () => this.mail(), "again-mail"),
      this.button("Not now", "plain", () => this.dialog.close()),
    );
    form.append(acts);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.give();
    });
    this.dialog.append(form);
    return form;
  }

  /** @param {string} words @param {string} looks @param {() => void} press @param {string} [id] */
  button(words, looks, press, id = "") {
    const made = make("button", { type: "button", className: looks, textContent: words, id });
    made.addEventListener("click", press);
    return made;
  }

  /** @param {string} id @param {string} words @param {boolean} done whether they say that something went well */
  put(id, words, done = false) {
    const place = this.form.querySelector(`#${id}`);
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("again__said--done", done);
  }

  get secret() {
    return /** @type {HTMLInputElement} */ (this.form.querySelector("#again-secret"));
  }

  /** Where this device stands: signed in already in another tab, waiting for a code, or signed out. */
  async begin() {
    try {
      const page = await fetch(this.elsewhere, { headers: { Accept: "text/html" } });
      const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
      this.token = /** @type {HTMLInputElement | null} */ (parsed.querySelector('input[name="csrf_token"]'))?.value ?? "";
      const at = new URL(page.url).pathname;
      const whose = /** @type {HTMLElement | null} */ (parsed.querySelector("[data-address]"))?.dataset.address;
      if (whose === this.address) this.done();
      else if (at === "/sign-in/code") this.askForCode();
      else if (at !== "/sign-in") this.put("again-why", SENTENCES.other);
    } catch {
      this.put("again-said", SENTENCES.offline);
    }
  }

  askForCode() {
    this.step = "code";
    this.put("again-why", SENTENCES.code);
    this.put("again-label", "Code");
    this.put("again-said", "");
    Object.assign(this.secret, { type: "text", value: "", autocomplete: "one-time-code", inputMode: "text", maxLength: 60 });
    const mail = /** @type {HTMLElement | null} */ (this.form.querySelector("#again-mail"));
    if (mail) mail.hidden = true;
    this.secret.focus();
  }

  async give() {
    const secret = this.secret.value;
    const by = /^[\d\s]{6,8}$/.test(secret) ? "code" : "recovery_code";
    const fields = this.step === "code" ? { [by]: secret } : { email: this.address, password: secret };
    const answer = await this.send(this.step === "code" ? "/sign-in/code" : "/sign-in", fields);
    if (!answer) return;
    if (answer.next === "code") return this.askForCode();
    if (answer.status === 200) return this.done();
    this.put("again-said", answer.error ?? SENTENCES.offline);
    this.secret.select();
  }

  async mail() {
    const answer = await this.send("/sign-in/link", { email: this.address, next: new URL(this.elsewhere, location.href).searchParams.get("next") ?? "" });
    if (answer) this.put("again-said", answer.said ?? answer.error ?? SENTENCES.offline, Boolean(answer.said));
  }

  /** @param {string} path @param {Record<string, string>} fields @returns {Promise<Answer | null>} */
  async send(path, fields, again = false) {
    const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (this.form.querySelectorAll("button"));
    for (const one of buttons) one.disabled = true;
    try {
      if (!this.token) await this.begin();
      const body = new URLSearchParams({ ...fields, csrf_token: this.token });
      const response = await fetch(path, { method: "POST", headers: { Accept: "application/json" }, body, redirect: "error" });
      const answer = /** @type {Answer} */ ({ ...(await response.json().catch(() => ({}))), status: response.status });
      if (answer.csrf_token) this.token = answer.csrf_token;
      if (response.status === 400 && !again) {
        this.token = ""; // of a session that another tab has ended
        return await this.send(path, fields, true);
      }
      return answer;
    } catch {
      this.put("again-said", SENTENCES.offline);
      return null;
    } finally {
      for (const one of buttons) one.disabled = false;
    }
  }

  done() {
    this.dialog.close();
    dispatchEvent(new Event("signed-in"));
  }
}

/** @returns {() => void} puts focus, caret, selection and scroll back as they were */
function whereThePersonWas() {
  const focused = document.activeElement;
  const [left, top] = [scrollX, scrollY];
  const selection = getSelection();
  const range = selection?.rangeCount ? selection.getRangeAt(0).cloneRange() : null;
  const typing = focused instanceof HTMLTextAreaElement || (focused instanceof HTMLInputElement && focused.selectionStart !== null);
  /** @type {[number, number, any] | null} */
  const caret = typing ? [focused.selectionStart ?? 0, focused.selectionEnd ?? 0, focused.selectionDirection ?? "none"] : null;
  return () => {
    if (!(focused instanceof HTMLElement) || !focused.isConnected) return;
    focused.focus({ preventScroll: true });
    if (caret && typing) focused.setSelectionRange(...caret);
    if (range && focused.isContentEditable) {
      selection?.removeAllRanges();
      selection?.addRange(range);
    }
    scrollTo({ left, top, behavior: "instant" });
  };
}

/** @param {string} tag @param {Record<string, unknown>} facts @returns {any} */
function make(tag, facts) {
  const { role, ...rest } = facts;
  const made = Object.assign(document.createElement(tag), rest);
  if (typeof role === "string") made.setAttribute("role", role);
  return made;
}
