/** The models that there are, and going back to the one before. */

import { ask } from "../api.js";
import { element, fill } from "../dom.js";
import { mayAskAgain } from "../key.js";
import { complaint, notice } from "../notices.js";
import { number, phrase } from "../say.js";

/** Lists the versions; hidden where the service, or the key, does not show them. */
export class VersionsPanel {
  #listed = null;

  /** @param {() => void} onChanged Called when another model was put to use. */
  constructor(onChanged) {
    this.onChanged = onChanged;
    this.node = element("section", { class: "sheet versions", hidden: true });
    document.addEventListener("languagechanged", () => this.#draw());
  }

  async load() {
    try {
      this.#listed = await ask("GET", "models", { quiet: true });
    } catch {
      this.#listed = null;
    }
    this.#draw();
  }

  #draw() {
    this.node.hidden = !this.#listed;
    if (!this.#listed) return;
    const { served, models } = this.#listed;
    fill(this.node,
      element("h2", {}, phrase("versions")),
      element("ul", {}, ...models.map((model) => element("li", {},
        element("bdi", { class: "code" }, model.name), " ",
        model.name === served && element("span", { class: "badge" }, phrase("inUse")), " ",
        element("span", { class: "quiet" }, phrase("versionFigures", {
          f1: number(model.macro_f1, 3), articles: number(model.n_articles),
        }))))),
      models.length > 1 && element("button", { type: "button", on: { click: () => this.#askTwice() } }, phrase("rollback")));
  }

  /** What changes the answers for everybody wants a second word. */
  #askTwice() {
    notice(phrase("rollbackSure"), { action: phrase("rollback"), onAction: () => this.#rollBack() });
  }

  async #rollBack() {
    mayAskAgain();
    try {
      const { model } = await ask("POST", "model/rollback");
      notice(phrase("rolledBack", { model }));
      this.onChanged();
    } catch (problem) {
      complaint(problem);
    }
  }
}
