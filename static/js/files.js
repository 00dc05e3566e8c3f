// @ts-check
/**
 * Files of a worksheet: sent by themselves as soon as they are chosen, with their progress; taken out and put back in
 * place. Without this module the same buttons send the whole form.
 */

/** @typedef {import("./autosave.js").Answer} Answer */
/** @typedef {import("./autosave.js").Autosave} Autosave */

const LARGEST = 25 * 1024 * 1024; // bytes of one file; the server looks again

const SENTENCES = {
  tick: "Tick the sentence first: no file is taken before you have made sure that it identifies no client.",
  unsaved: "What you typed could not be saved just now, so the file waits. Try again when the bar says “Saved”.",
  dropped: "The file did not arrive: the connection broke off. Choose it again.",
  stopped: "Stopped. Nothing was sent.",
  large: "is larger than 25 MB. Save a smaller version, or send it in parts.",
  signedOut: "You are signed out. Sign in again, then choose the file once more.",
  huge: "That is too large to send in one go. Send the files one after the other.",
};

export class Files {
  /**
   * @param {HTMLFormElement} form
   * @param {Autosave} autosave
   * @param {(answer: Answer) => void} show
   * @param {(field: string, sentence: string) => void} problem
   */
  constructor(form, autosave, show, problem) {
    this.form = form;
    this.autosave = autosave;
    this.show = show;
    this.problem = problem;
    this.sending = 0;
    for (const box of form.querySelectorAll("[data-file]")) box.classList.add("file--alone"); // no button to press
    form.addEventListener("change", (event) => this.changed(/** @type {HTMLInputElement} */ (event.target)));
    addEventListener("beforeunload", (event) => this.sending && event.preventDefault());
  }

  /** Whether this button is one of ours; then it is done in place. @param {HTMLButtonElement | null} button */
  takes(button) {
    const box = /** @type {HTMLElement | null} */ (button?.closest("[data-file]") ?? null);
    if (!box || !button?.hasAttribute("formaction")) return false;
    if (button.closest(".file__add")) this.upload(box);
    else this.move(box, button.formAction);
    return true;
  }

  /** @param {HTMLInputElement} control */
  changed(control) {
    const box = /** @type {HTMLElement | null} */ (control.closest("[data-file]"));
    if (!box || (control.type !== "file" && control.type !== "checkbox")) return;
    if (this.input(box)?.files?.length) this.upload(box);
  }

  /** @param {HTMLElement} box */
  input(box) {
    return /** @type {HTMLInputElement | null} */ (box.querySelector("input[type=file]"));
  }

  /** @param {HTMLElement} box */
  async upload(box) {
    const field = box.dataset.file ?? "";
    const input = this.input(box);
    const files = [...(input?.files ?? [])];
    const tick = /** @type {HTMLInputElement} */ (box.querySelector("input[type=checkbox]"));
    const large = files.find((file) => file.size > LARGEST);
    if (!input || box.dataset.sending) return;
    if (!tick.checked) {
      this.problem(field, SENTENCES.tick);
      tick.focus();
    } else if (large) {
      this.problem(field, `“${large.name}” ${SENTENCES.large}`);
    } else if (files.length) {
      this.problem(field, "");
      if (await this.autosave.settle()) this.send(box, files);
      else this.problem(field, SENTENCES.unsaved);
    }
  }

  /** @param {HTMLElement} box @param {File[]} files @param {boolean} again after the token was fetched anew */
  send(box, files, again = false) {
    const field = box.dataset.file ?? "";
    const button = /** @type {HTMLButtonElement} */ (box.querySelector(".file__add button"));
    const body = this.body();
    for (const file of files) body.append(`${field}~upload`, file);
    const request = new XMLHttpRequest(); // fetch does not tell how far a request has got
    const bar = this.progress(box, files, () => request.abort());
    request.upload.addEventListener("progress", (event) => bar.tell(event.loaded / event.total));
    request.addEventListener("abort", () => this.ended(box, SENTENCES.stopped));
    request.addEventListener("error", () => this.ended(box, "", SENTENCES.dropped));
    request.addEventListener("load", async () => {
      if (request.status === 400 && !again && (await this.autosave.refreshToken()) === "new") {
        this.ended(box);
        this.send(box, files, true);
      } else {
        this.answered(box, request.status, request.responseText, files);
      }
    });
    request.open("POST", button.formAction);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  }

  body() {
    const body = new FormData();
    for (const name of ["csrf_token", "version"]) body.append(name, this.autosave.input(name).value);
    return body;
  }

  /** @param {HTMLElement} box @param {number} status @param {string} text @param {File[]} files */
  answered(box, status, text, files) {
    /** @type {any} */
    let answer = {};
    try {
      answer = JSON.parse(text);
    } catch {
      // an answer in between, of a proxy: its status says enough
    }
    if (answer.files !== undefined) {
      const [first] = files;
      const what = files.length === 1 ? `“${first.name}” is` : `${files.length} files are`;
      this.ended(box, status === 200 ? `${what} attached.` : "", answer.error);
      this.renew(box, answer);
    } else if (status === 401 || status === 400) {
      this.ended(box, "", SENTENCES.signedOut);
      this.autosave.signedOut();
    } else {
      this.ended(box, "", status === 413 ? SENTENCES.huge : answer.error || SENTENCES.dropped);
    }
  }

  /** @param {HTMLElement} box @param {string} said @param {string} wrong */
  ended(box, said = "", wrong = "") {
    box.querySelector(".file__progress")?.remove();
    if (box.dataset.sending) this.sending -= 1;
    delete box.dataset.sending;
    const input = this.input(box);
    if (input && (said || wrong)) input.value = "";
    /** @type {HTMLElement} */ (box.querySelector(".file__said")).textContent = said;
    this.problem(box.dataset.file ?? "", wrong);
  }

  /** @param {HTMLElement} box @param {any} answer */
  renew(box, answer) {
    const page = new DOMParser().parseFromString(answer.files, "text/html");
    box.querySelector("[data-files]")?.replaceChildren(...page.body.childNodes);
    this.autosave.told(answer);
    this.show(answer);
    this.problem(answer.field, answer.error);
  }

  /** Take a file out, or put it back. @param {HTMLElement} box @param {string} address */
  async move(box, address) {
    try {
      const response = await fetch(address, { method: "POST", headers: { Accept: "application/json" }, body: this.body() });
      const answer = await response.json();
      if (response.status === 401 || response.status === 400) return this.autosave.signedOut();
      if (answer.files === undefined) return this.problem(box.dataset.file ?? "", answer.error);
      this.renew(box, answer);
      /** @type {HTMLElement | null} */ (box.querySelector("[data-files] button, [data-files] input"))?.focus();
    } catch {
      this.problem(box.dataset.file ?? "", "That did not reach the server. Try again when you are connected.");
    }
  }

  /** A bar below the list: how far it is, and a way to stop. @param {HTMLElement} box @param {File[]} files @param {() => void} stop */
  progress(box, files, stop) {
    box.dataset.sending = "1";
    this.sending += 1;
    const name = files.length === 1 ? `“${files[0].name}”` : `${files.length} files`;
    const place = document.createElement("div");
    place.className = "file__progress";
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", `Sending ${name}`);
    const words = document.createElement("span");
    words.textContent = `Sending ${name}`;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "Stop";
    button.addEventListener("click", stop);
    place.append(words, bar, button);
    box.querySelector("[data-files]")?.after(place);
    return {
      /** @param {number} share */
      tell(share) {
        bar.value = Math.round(share * 100);
        words.textContent = share < 1 ? `Sending ${name}: ${Math.round(share * 100)} %` : `Looking at ${name}…`;
        if (share >= 1) bar.removeAttribute("value");
      },
    };
  }
}
