// @ts-check
/**
 * What can be undone, the newest first: one button in the status bar, and Ctrl or Cmd + Z outside a text, where the
 * browser's own undo works. Each step takes back exactly what it did and leaves what was typed since.
 */
import { say } from "./say.js";

const MOST = 20;
const TEXT = "textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=date])";

export class Undo {
  /** @param {Element} bar */
  constructor(bar) {
    /** @type {{sentence: string, back: () => string | void}[]} */
    this.steps = [];
    this.place = document.createElement("span");
    this.place.className = "undo";
    this.place.setAttribute("role", "status");
    bar.append(this.place);
    addEventListener("input", () => this.brief());
    addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Say what happened, with a way back. `back` may answer with a sentence of its own. @param {string} sentence @param {() => string | void} back */
  did(sentence, back) {
    this.steps.push({ sentence, back });
    if (this.steps.length > MOST) this.steps.shift();
    this.show(`${sentence} `, { words: "Undo", press: () => this.undo() });
  }

  /** Somebody types on: the sentence has been read, the way back stays. */
  brief() {
    if (this.place.classList.contains("undo--brief") || !this.place.textContent) return;
    const last = this.steps.at(-1);
    if (!last) return this.place.replaceChildren();
    this.place.classList.add("undo--brief");
    say(this.place, "", { words: "Undo", press: () => this.undo() });
    if (this.place.firstElementChild) this.place.firstElementChild.setAttribute("title", last.sentence);
  }

  /** @param {string} sentence @param {{words: string, press: () => void}} [link] */
  show(sentence, link) {
    this.place.classList.remove("undo--brief");
    say(this.place, sentence, link);
  }

  /** Keep a step that cannot be taken back just now. @param {string} sentence @param {() => string | void} back */
  later(sentence, back) {
    this.steps.push({ sentence, back });
  }

  /** Say something that nothing can be done about. @param {string} sentence */
  tell(sentence) {
    this.show(sentence);
  }

  undo() {
    const step = this.steps.pop();
    if (!step) return;
    const answer = step.back();
    const next = this.steps.at(-1);
    const done = answer || `Undone: ${step.sentence}`;
    if (next) this.show(`${done} `, { words: "Undo one more", press: () => this.undo() });
    else this.show(done);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key.toLowerCase() !== "z" || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    if (!this.steps.length || /** @type {Element} */ (event.target).matches?.(TEXT)) return;
    event.preventDefault();
    this.undo();
  }
}
