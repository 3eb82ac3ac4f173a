/** The words behind one topic's score, as a list: what the marks in the text show, for reading and for the keyboard. */

import { element, fill } from "../dom.js";
import { phrase, signed, topicName } from "../say.js";

const SHOWN = 8;
const NEGLIGIBLE = 0.005; // log-odds

/** Shows the strongest words for and against; choosing one selects its next place in the article. */
export class WordList {
  #visits = new Map(); // how often each word was chosen: the next choice goes to its next place

  /** @param {(span: object) => void} onChoose @param {(span: object) => string} read The letters at a span. */
  constructor(onChoose, read) {
    this.onChoose = onChoose;
    this.read = read;
    this.node = element("section", { class: "words", sayLabel: "words" });
  }

  /** Show a topic's explanation, or nothing. */
  show(topic, explanation) {
    this.#visits.clear();
    this.node.hidden = !explanation;
    if (!explanation) return;
    const strongest = explanation.terms.reduce((most, term) => Math.max(most, Math.abs(term.contribution)), NEGLIGIBLE);
    const counting = explanation.terms.filter((term) => Math.abs(term.contribution) >= NEGLIGIBLE);
    const list = (kind, terms) => this.#list(kind, terms, strongest);
    fill(this.node,
      element("h2", { class: "words-title" }, phrase("wordsOf", { topic: topicName(topic) })),
      counting.length === 0 && element("p", { class: "quiet" }, phrase("noWords")),
      list("for", counting.filter((term) => term.contribution > 0)),
      list("against", counting.filter((term) => term.contribution < 0)),
      explanation.passage && element("button", {
        class: "link", type: "button", on: { click: () => this.onChoose(explanation.passage) },
      }, phrase("toPassage")),
      this.#sum(explanation));
  }

  #list(kind, terms, strongest) {
    if (terms.length === 0) return null;
    return element("div", { class: `words-${kind}` },
      element("h3", {}, phrase(kind === "for" ? "wordsFor" : "wordsAgainst")),
      element("ol", {}, ...terms.slice(0, SHOWN).map((term) => this.#word(kind, term, strongest))),
      terms.length > SHOWN && element("p", { class: "quiet" }, phrase("moreWords", { count: terms.length - SHOWN })));
  }

  #word(kind, term, strongest) {
    const written = this.read(term.spans[0]);
    const amount = signed(term.contribution);
    const button = element("button", {
      type: "button", class: "word", title: phrase("knownAs", { term: term.term }),
      "aria-label": phrase("wordLabel", { word: written, amount, count: term.spans.length }),
      on: { click: () => this.onChoose(this.#next(term)) },
      vars: { "--share": `${(100 * Math.abs(term.contribution)) / strongest}%` },
    },
    element("bdi", { class: "word-text" }, written),
    term.spans.length > 1 && element("span", { class: "word-times", dir: "ltr" }, `×${term.spans.length}`),
    element("span", { class: `word-bar ${kind}` }),
    element("span", { class: "word-amount", dir: "ltr" }, amount));
    return element("li", {}, button);
  }

  #next(term) {
    const visits = this.#visits.get(term) ?? 0;
    this.#visits.set(term, visits + 1);
    return term.spans[visits % term.spans.length];
  }

  #sum({ bias, score }) {
    const part = (amount, key) => element("span", {}, phrase(key), " ", element("bdi", { dir: "ltr" }, signed(amount)));
    return element("p", { class: "quiet sum" },
      part(score - bias, "sumWords"), part(bias, "sumBias"), part(score, "sumScore"));
  }
}
