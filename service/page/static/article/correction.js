/** Sending a correction, and taking it back. */

import { ask } from "../api.js";
import { element, fill } from "../dom.js";
import { mayAskAgain } from "../key.js";
import { complaint, notice } from "../notices.js";
import { phrase } from "../say.js";

/** Shown when ticks differ from the model's answer; sends them as feedback. */
export class Correction {
  #attempt = { sent: "", key: "" };
  #note = element("input", { id: "note", class: "text-input", maxlength: 1000, sayPlaceholder: "notePlaceholder" });

  /**
   * @param {() => {title: string, text: string}} readArticle
   * @param {import("./topics.js").TopicPanel} panel
   */
  constructor(readArticle, panel) {
    this.readArticle = readArticle;
    this.panel = panel;
    this.node = element("form", { class: "correction", hidden: true, on: { submit: (event) => this.#submit(event) } });
  }

  /** Show or hide, as the ticks are now. */
  draw() {
    const count = this.panel.corrections;
    this.node.hidden = count === 0;
    if (count === 0) return;
    this.send = element("button", { class: "primary", type: "submit" }, phrase("sendCorrection"));
    fill(this.node,
      element("p", {}, phrase("corrected", { count })),
      element("label", { for: "note", class: "field-label" }, phrase("note")), this.#note,
      element("div", { class: "buttons" }, this.send,
        element("button", { type: "button", on: { click: () => this.forget() } }, phrase("dropCorrection"))));
  }

  /** Back to the model's own ticks. */
  forget() {
    this.#note.value = "";
    this.panel.forgetTicks();
    this.draw();
  }

  async #submit(event) {
    event.preventDefault();
    mayAskAgain();
    const note = this.#note.value.trim();
    const body = { ...this.readArticle(), topics: this.panel.ticked, ...(note && { note }) };
    this.send.disabled = true;
    try {
      const kept = await ask("POST", "feedback", { body, headers: { "Idempotency-Key": this.#keyOf(body) } });
      this.#attempt = { sent: "", key: "" };
      this.forget();
      notice(phrase("correctionKept"), { action: phrase("undo"), onAction: () => takeBack(kept.id) });
    } catch (problem) {
      complaint(problem, { missing: "noFeedback" });
    } finally {
      this.send.disabled = false;
    }
  }

  /** The same key for a second try at the same correction, so that it counts once if the first answer was lost. */
  #keyOf(body) {
    const sent = JSON.stringify(body);
    if (this.#attempt.sent !== sent) this.#attempt = { sent, key: randomKey() };
    return this.#attempt.key;
  }
}

// crypto.randomUUID is missing on plain http; this is not.
const randomKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function takeBack(id) {
  try {
    await ask("DELETE", `feedback/${encodeURIComponent(id)}`);
    notice(phrase("correctionTakenBack"));
  } catch (problem) {
    complaint(problem);
  }
}
