/** An article to read, with the marks of one topic's words. */

import { ask } from "../api.js";
import { markedParts, stretchesOf } from "../article/marks.js";
import { element, fill } from "../dom.js";

/** Shows an article at once, and its marks when the service has explained it. */
export class Reading {
  #item = null;
  #topic = "";
  #explanation = null; // of the item, every topic's

  constructor() {
    this.title = element("h2", { class: "reading-title", dir: "auto" });
    this.text = element("div", { class: "reading-text", dir: "auto", tabindex: 0 });
    this.node = element("article", { class: "sheet reading" }, this.title, this.text);
  }

  show(item, topic) {
    const isNew = item !== this.#item;
    this.#item = item;
    this.#topic = topic;
    if (isNew) {
      this.#explanation = null;
      this.#explain(item);
    }
    this.#draw();
  }

  async #explain(item) {
    const { title, text } = item;
    try {
      const { explanation } = await ask("POST", "predict", { body: { title, text, explain: true }, quiet: true });
      if (item !== this.#item) return; // its reader went on meanwhile
      this.#explanation = explanation;
      this.#draw();
    } catch {
      // The article can be judged without its marks.
    }
  }

  #draw() {
    const { title, text } = this.#item;
    const found = stretchesOf(this.#explanation?.[this.#topic] ?? null, this.#item);
    this.title.hidden = title === "";
    fill(this.title, ...markedParts(title, found.title, found.strongest));
    fill(this.text, ...markedParts(text, found.text, found.strongest));
  }
}
