/** The drawings that were made when the model was trained. */

import { ask } from "../api.js";
import { element, fill } from "../dom.js";
import { knowsPhrase, phrase } from "../say.js";

/** Shows them; hidden where the model has none. */
export class Curves {
  #model = "";
  #addresses = new Map(); // by file name; made of what was asked for with a key, which an <img> can't send

  constructor() {
    this.node = element("section", { class: "sheet curves", hidden: true });
    document.addEventListener("languagechanged", () => this.#draw());
  }

  async load({ name, pictures }) {
    if (name === this.#model) return;
    this.#model = name;
    for (const address of this.#addresses.values()) URL.revokeObjectURL(address);
    const files = Object.keys(pictures ?? {});
    const drawn = await Promise.all(files.map((file) => this.#fetch(file)));
    this.#addresses = new Map(files.map((file, index) => [file, drawn[index]]).filter(([, address]) => address));
    this.#draw();
  }

  async #fetch(file) {
    try {
      const svg = await ask("GET", `model/pictures/${encodeURIComponent(file)}`, { quiet: true });
      return URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    } catch {
      return null; // the card is whole without it
    }
  }

  #draw() {
    this.node.hidden = this.#addresses.size === 0;
    fill(this.node, element("h2", {}, phrase("curves")), ...[...this.#addresses].map(([file, address]) => {
      const key = `curve-${file.replace(/\.svg$/, "")}`;
      const caption = knowsPhrase(key) ? phrase(key) : file;
      return element("figure", {}, element("img", { src: address, alt: caption }), element("figcaption", { class: "quiet" }, caption));
    }));
  }
}
