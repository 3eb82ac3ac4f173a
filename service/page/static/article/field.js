/** A field to write in whose words are marked behind the letters, in the very text that its user typed. */

import { element } from "../dom.js";
import { markedParts } from "./marks.js";
import { afterEdit } from "./spans.js";

/** A labelled text area over a layer of marks. Both are one grid cell, so they always have the same lines. */
export class MarkedField {
  #stretches = [];
  #strongest = 1;
  #shown = "";

  /**
   * @param {{id: string, say: string, placeholder: string, rows: number}} options
   * @param {() => void} onInput
   */
  constructor({ id, say, placeholder, rows }, onInput) {
    this.input = element("textarea", {
      id, class: "field-input", rows, spellcheck: "false", autocomplete: "off",
      sayPlaceholder: placeholder, on: { input: () => { this.#follow(); onInput(); } },
    });
    this.marks = element("div", { class: "field-marks", "aria-hidden": "true" });
    this.node = element("div", { class: `field field-${id}` },
      element("label", { for: id, say, class: "field-label" }),
      element("div", { class: "field-body" }, this.marks, this.input));
  }

  get value() {
    return this.input.value;
  }

  set value(text) {
    this.input.value = text;
    this.#follow();
  }

  /** Mark stretches; `strongest` is the weight that gets the full strength. */
  mark(stretches, strongest) {
    this.#stretches = stretches;
    this.#strongest = strongest;
    this.#paint();
  }

  /** The stretch below a point of the window, if any. */
  stretchAt(x, y) {
    const mark = document.elementsFromPoint(x, y).find((node) => node.parentNode === this.marks && node.dataset.start);
    return mark ? this.#stretches[Number(mark.dataset.index)] : null;
  }

  /** Select a place and bring it into view. */
  select(start, end) {
    this.input.focus({ preventScroll: true });
    this.input.setSelectionRange(start, end);
    const mark = [...this.marks.children].find((one) => Number(one.dataset.end) > start);
    (mark ?? this.input).scrollIntoView({ block: "center" });
  }

  #follow() {
    this.#stretches = afterEdit(this.#stretches, this.#shown, this.value);
    this.#paint();
  }

  #paint() {
    const text = this.value;
    for (const node of [this.input, this.marks]) {
      if (text) node.dir = "auto";
      else node.removeAttribute("dir"); // an empty one would be left to right, whatever the page is
    }
    // U+200B, so that a line break at the end has its line.
    this.marks.replaceChildren(...markedParts(text, this.#stretches, this.#strongest), "\u200B");
    this.#shown = text;
  }
}
