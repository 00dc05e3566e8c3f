// @ts-check
/**
 * Keeps a coach's draft: on this device at once, on the server a moment later. The copy on the device goes when the
 * server has the same text. Knows the form, not the page around it.
 *
 * @typedef {{version: number, made: Record<string, number>, saved: string, lease: string, until: string, holder: string,
 *   open: boolean, hint: {first: string, href: string, rest: string, fits: string}}} Saved
 * @typedef {[string, string][]} Entries
 */

const WAIT = 1200; // ms after the last key
const RETRY = 8000; // ms after a failure
const KEEPALIVE = 60_000; // characters a browser sends for a page that is closing
const OWN = ["csrf_token", "version", "lease", "showing", "seen"];

export class Draft {
  /**
   * @param {HTMLFormElement} form
   * @param {{status: (sentence: string) => void, saved: (answer: Saved) => void, both: (html: string) => void}} tell
   */
  constructor(form, tell) {
    this.form = form;
    this.tell = tell;
    this.key = `review:${location.pathname}`;
    this.confirmed = this.snapshot();
    this.timer = 0;
    /** @type {Promise<void> | null} */
    this.running = null;
    this.stopped = false; // saved elsewhere: the coach decides first
    this.leaving = false;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", (event) => this.submitting(event));
    addEventListener("online", () => this.plan(0));
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
  }

  /** @returns {Entries} what was written; comments that are empty and new do not count */
  entries() {
    const data = new FormData(this.form);
    /** @type {Entries} */
    const found = [];
    for (const [name, value] of data) {
      if (typeof value !== "string" || OWN.includes(name)) continue;
      const fresh = name.match(/^(?:comment|kind|quote)-(new-.+)$/);
      if (fresh && !String(data.get(`comment-${fresh[1]}`) ?? "").trim()) continue;
      found.push([name, value]);
    }
    return found;
  }

  snapshot() {
    return JSON.stringify(this.entries());
  }

  get unsaved() {
    return this.snapshot() !== this.confirmed;
  }

  /** @param {string} name */
  input(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }

  changed() {
    this.keep();
    if (!this.stopped) this.plan(WAIT);
  }

  keep(sent = false) {
    try {
      const copy = { entries: this.entries(), version: this.input("version").value, sent };
      localStorage.setItem(this.key, JSON.stringify(copy));
      return true;
    } catch {
      return false;
    }
  }

  /** What this device kept and the server may not have. @returns {{entries: Entries, version: string} | null} */
  left() {
    try {
      const copy = JSON.parse(localStorage.getItem(this.key) ?? "null");
      if (!copy || !Array.isArray(copy.entries) || JSON.stringify(copy.entries) === this.confirmed) return null;
      const arrived = copy.sent && copy.version !== this.input("version").value; // a button had sent it as well
      return arrived ? this.forget() : copy;
    } catch {
      return null;
    }
  }

  /** @returns {null} */
  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // a browser that keeps nothing
    }
    return null;
  }

  /** @param {number} wait */
  plan(wait) {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), wait);
  }

  /** Save now; the promise is done when the server has answered, well or not. */
  save() {
    clearTimeout(this.timer);
    if (this.stopped || this.leaving || !this.unsaved) return this.running ?? Promise.resolve();
    this.running ??= this.send().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async send() {
    const written = this.snapshot();
    this.tell.status("Saving…");
    try {
      const response = await this.post();
      const answer = await response.json();
      if (response.ok) this.arrived(answer, written);
      else if (response.status === 409 && answer.html) this.elsewhere(answer.html, answer.version);
      else this.tell.status(`Kept on this device only. ${answer.error ?? ""}`);
    } catch {
      const kept = this.keep();
      this.tell.status(kept ? "Kept on this device, not yet on the server" : "Not saved. Keep this tab open");
      this.plan(RETRY);
    }
  }

  post() {
    const own = OWN.map((name) => /** @type {[string, string]} */ ([name, this.input(name).value]));
    const body = new URLSearchParams([...own, ...this.entries(), ["do", "save"]]);
    const headers = { Accept: "application/json" };
    const keepalive = body.toString().length < KEEPALIVE; // arrives even when the page is closed meanwhile
    return fetch(this.form.action, { method: "POST", headers, body, redirect: "error", keepalive });
  }

  /** @param {Saved} answer @param {string} written */
  arrived(answer, written) {
    const more = this.snapshot() !== written;
    this.input("version").value = String(answer.version);
    if (answer.lease) this.input("lease").value = answer.lease;
    this.tell.saved(answer);
    this.confirmed = more ? written : this.snapshot(); // new comments have got their names meanwhile
    if (more) this.changed();
    else this.forget();
  }

  /** @param {string} html @param {number} version */
  elsewhere(html, version) {
    this.stopped = true;
    this.tell.status("Saved elsewhere meanwhile: both texts are above");
    this.tell.both(html);
    this.input("version").value = String(version); // the next save, by hand, knows of the other text
  }

  /** A button was pressed: let a save that is under way finish first, so that the form carries its version. */
  submitting(/** @type {SubmitEvent} */ event) {
    clearTimeout(this.timer);
    if (this.running) {
      event.preventDefault();
      const button = event.submitter;
      this.running.then(() => this.stopped || this.form.requestSubmit(button));
      return;
    }
    this.keep(true);
    this.leaving = true;
  }

  /** The page is being hidden: send what is left without waiting. */
  flush() {
    if (!this.unsaved || this.stopped || this.leaving || this.running) return;
    this.keep();
    this.save();
  }
}
