// @ts-check
/**
 * Keeps a form: on this device at once, on the server a moment later; the copy here stays until the server has confirmed
 * the same text by its digest. The form says where its page is (data-home), its copy (data-copy), whose it is.
 *
 * @typedef {[string, string][]} Entries
 * @typedef {{entries: Entries, was: string, version: string, at: number, sent?: boolean}} Copy
 * @typedef {{version: number, saved_at: string, digest: string, was: Record<string, string>, conflicts: string[],
 *   elsewhere: string[], [more: string]: any}} Answer
 * @typedef {import("./say.js").Link} Link
 */

import { digest } from "./digest.js";
import * as device from "./kept_copy.js";

const WAIT = 1500; // ms after the last key
const LONGEST_WAIT = 10000; // ms while somebody types without a pause
const LONGEST_RETRY = 60000;
const KEEPALIVE = 60000; // bytes a browser sends for a page that is closing
const OWN = ["csrf_token", "was", "version", "release", "seen", "lease", "showing"]; // ours, nothing anybody typed
const NOT_KEPT = [...OWN, "round", "section", "read", "statement_own", "statement_no_client"]; // what belongs to sending, not to the draft

const SENTENCES = {
  saving: "Saving…",
  device: device.KEPT,
  conflict: "Changed in another tab: ",
  signedOut: "Saved on this device. You are signed out: ",
};

export class Autosave {
  /**
   * `renamed`: what an answer made of a control's name.
   * @param {HTMLFormElement} form
   * @param {{onStatus: (sentence: string, link?: Link) => void, onAnswer: (answer: Answer) => void,
   *   counts?: (name: string, data: FormData) => boolean, renamed?: (name: string, answer: Answer) => string}} listeners
   */
  constructor(form, { onStatus, onAnswer, counts = () => true, renamed = (name) => name }) {
    this.form = form;
    this.onStatus = onStatus;
    this.onAnswer = onAnswer;
    this.counts = counts;
    this.renamed = renamed;
    this.key = form.dataset.copy ?? "";
    this.home = form.dataset.home ?? ""; // the page itself; after a refusal it has another address
    this.tab = Math.random().toString(36).slice(2);
    this.confirmed = JSON.stringify(this.entries(drawn(form)));
    this.timer = 0;
    this.firstChange = 0;
    this.retry = 0;
    this.busy = false;
    this.stopped = ""; // why saving waits for the person: 'conflict', 'signed out', 'refused'
    this.leaving = false;
    this.renewed = false; // the token was fetched anew since the last save
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("saved") : null;
    this.listen();
  }

  listen() {
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    addEventListener("online", () => this.resume());
    addEventListener("focus", () => this.resume());
    addEventListener("signed-in", () => this.resume());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.flush() : this.resume()));
    addEventListener("pagehide", () => this.flush());
    addEventListener("beforeunload", (event) => {
      if (this.unsaved && !this.leaving) event.preventDefault();
    });
    addEventListener("pageshow", () => (this.leaving = false)); // back from the cache of the browser
    this.channel?.addEventListener("message", ({ data }) => this.heard(data));
    this.tell();
  }

  /** @returns {Entries} everything typed, in the order of the page */
  entries(form = this.form) {
    /** @type {Entries} */
    const found = [];
    const data = new FormData(form);
    for (const [name, value] of data) {
      if (typeof value !== "string" || NOT_KEPT.includes(name) || name.startsWith("reply~") || !this.counts(name, data)) continue;
      found.push([name, value.replaceAll("\r\n", "\n")]);
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

  // --- the copy on this device ---

  /** @param {Partial<Copy>} more */
  keep(more = {}) {
    /** @type {Copy} */
    const copy = { entries: this.entries(), was: this.input("was").value, version: this.input("version").value, at: Date.now(), ...more };
    return device.keep(this.key, copy);
  }

  /** @param {string} key */
  left(key = this.key) {
    return device.left(key, this.version, this.confirmed);
  }

  /** @param {string} key @returns {null} */
  forget(key = this.key) {
    return device.forget(key);
  }

  // --- saving ---

  changed() {
    if (!this.unsaved) return;
    this.keep();
    if (this.stopped === "refused") this.stopped = "";
    this.firstChange ||= Date.now();
    this.plan(Math.min(WAIT, Math.max(0, this.firstChange + LONGEST_WAIT - Date.now())));
  }

  /** @param {number} wait */
  plan(wait) {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), wait);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.busy || this.leaving) return;
    this.busy = true;
    this.firstChange = 0;
    const sent = this.entries();
    if (!this.stopped) this.onStatus(SENTENCES.saving);
    try {
      const response = await this.send(sent);
      await this.answered(response, sent);
    } catch {
      this.failed();
    } finally {
      this.busy = false;
    }
    if (!this.stopped && !this.retry && this.unsaved) this.plan(WAIT);
  }

  /** Save what is unsaved and wait for it. @returns {Promise<boolean>} whether the server has what was typed by now */
  async settle() {
    while (this.busy) await new Promise((again) => setTimeout(again, 50));
    if (this.unsaved) await this.save();
    return !this.stopped && !this.retry;
  }

  /** @param {Answer} answer */
  told(answer) {
    this.input("version").value = String(answer.version);
    this.onStatus(answer.saved_at);
    this.tell();
  }

  /** @param {Entries} sent @param {boolean} closing */
  send(sent, closing = false) {
    const here = OWN.filter((name) => this.input(name)); // a note has no release
    const own = here.map((name) => /** @type {[string, string]} */ ([name, this.input(name).value]));
    const body = new URLSearchParams([...own, ...sent]);
    return fetch(this.form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body,
      redirect: "error",
      keepalive: closing && body.toString().length < KEEPALIVE,
    });
  }

  /** @param {Response} response @param {Entries} sent */
  async answered(response, sent) {
    const answer = await response.json().catch(() => ({}));
    if (response.ok || (response.status === 409 && answer.conflicts)) {
      if (answer.digest !== (await digest(sent))) throw new Error("not all of it arrived");
      this.accept(answer, sent);
    } else if (response.status === 401) {
      this.signedOut();
    } else if (response.status === 400) {
      // a token of another session
      const token = await this.refreshToken();
      if (token !== "new") this.signedOut();
      else if (this.renewed) this.failed();
      else this.plan(0);
      this.renewed = true;
    } else if (response.status >= 500 || response.status === 429) {
      this.failed();
    } else {
      this.stopped = "refused";
      this.onStatus(answer.error ? `Saved on this device only. ${answer.error}` : SENTENCES.device);
    }
  }

  /** @param {Answer} answer @param {Entries} sent */
  accept(answer, sent) {
    this.retry = 0;
    this.renewed = false;
    this.input("version").value = String(answer.version);
    this.input("was").value = JSON.stringify({ ...JSON.parse(this.input("was").value || "{}"), ...answer.was });
    const same = this.snapshot() === JSON.stringify(sent);
    this.onAnswer(answer); // may put new fields on the page, which nobody has typed in
    if (answer.conflicts.length) {
      this.stopped = "conflict";
      this.onStatus(SENTENCES.conflict, { words: "see both texts", press: () => this.submit() });
      return;
    }
    this.stopped = "";
    this.confirmed = same ? this.snapshot() : JSON.stringify(sent.map(([name, value]) => [this.renamed(name, answer), value]));
    if (!this.unsaved) this.forget();
    this.onStatus(answer.saved_at);
    this.tell();
    if (answer.elsewhere.length) this.seenElsewhere();
  }

  failed() {
    const kept = this.keep();
    this.onStatus(kept ? SENTENCES.device : "Not saved: this device has no room and the server does not answer. Keep this tab open");
    this.retry = Math.min(LONGEST_RETRY, (this.retry || 1000) * 2);
    this.plan(this.retry);
  }

  async signedOut() {
    const asks = this.stopped !== "signed out"; // once
    this.stopped = "signed out";
    const elsewhere = `/sign-in?next=${encodeURIComponent(this.home)}`;
    const { signInAgain } = await import("./sign_in_again.js").catch(() => ({ signInAgain: null }));
    if (this.stopped !== "signed out") return;
    if (!signInAgain) return this.onStatus(SENTENCES.signedOut, { words: "sign in again", href: elsewhere });
    const ask = () => signInAgain(this.form.dataset.address ?? "", elsewhere);
    this.onStatus(SENTENCES.signedOut, { words: "sign in again", press: ask });
    if (asks) ask();
  }

  /** @returns {Promise<"new" | "none">} */
  async refreshToken() {
    const page = await fetch(this.home, { headers: { Accept: "text/html" } });
    const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
    const form = /** @type {HTMLFormElement | null} */ (parsed.getElementById(this.form.id));
    const token = /** @type {HTMLInputElement | null} */ (form?.querySelector('input[name="csrf_token"]'));
    if (!token || form?.dataset.owner !== this.form.dataset.owner) return "none";
    const all = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name="csrf_token"]'));
    for (const one of all) one.value = token.value;
    return "new";
  }

  async resume() {
    if (this.busy || this.leaving || !this.unsaved || this.stopped === "conflict" || this.stopped === "refused") return;
    if (this.stopped === "signed out") {
      this.busy = true;
      const token = await this.refreshToken().catch(() => "none");
      this.busy = false;
      if (token !== "new") return;
      this.stopped = "";
    }
    this.plan(0);
  }

  /** The page is being hidden: send what is left. */
  flush() {
    if (!this.unsaved || this.busy || this.leaving || this.stopped) return;
    this.keep();
    if (document.hidden) this.send(this.entries(), true).then((response) => response.ok && this.plan(0)).catch(() => {});
  }

  submit() {
    this.leaves();
    this.form.submit();
  }

  /** A button was pressed: a save that is under way ends first. @param {SubmitEvent} event */
  finish(event) {
    if (!this.busy) return this.leaves();
    event.preventDefault();
    const button = /** @type {HTMLElement | null} */ (event.submitter);
    const again = () => (this.busy ? setTimeout(again, 50) : this.stopped !== "conflict" && this.form.requestSubmit(button));
    again();
  }

  leaves() {
    this.leaving = true;
    clearTimeout(this.timer);
    if (this.unsaved) this.keep({ sent: true });
  }

  // --- other tabs ---

  get version() {
    return Number(this.input("version").value);
  }

  /** When the page begins, after a save, and to a page with an older version. */
  tell() {
    this.channel?.postMessage({ key: this.key, tab: this.tab, version: this.version });
  }

  /** @param {{key: string, tab: string, version: number}} news */
  heard(news) {
    const [one, other] = [`${news.key}:`, `${this.key}:`]; // a section, and the whole that holds it
    if (!(one.startsWith(other) || other.startsWith(one)) || news.tab === this.tab) return;
    if (news.version > this.version) this.seenElsewhere();
    else if (news.version < this.version) this.tell(); // it came too late to hear of our save
  }

  seenElsewhere() {
    this.onStatus("Changed in another tab: ", {
      words: this.unsaved ? "see it after saving" : "reload to see it",
      press: () => (this.unsaved ? this.save() : location.reload()),
    });
  }
}

/** The form without what was typed before this file came. @param {HTMLFormElement} form */
function drawn(form) {
  const copy = /** @type {HTMLFormElement} */ (form.cloneNode(true));
  copy.reset();
  return copy;
}
