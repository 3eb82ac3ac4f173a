/** What the service sees just now: how many articles of which topic, and whether they drift from the training. */

import { ask } from "../api.js";
import { element, fill } from "../dom.js";
import { number, percent, phrase, topicName } from "../say.js";
import { countsOf } from "./counts.js";

const REFRESHED_EVERY = 5000; // milliseconds, while somebody looks
const FULL_BAR = 0.5; // PSI
const TERMS_SHOWN = 10;
const OTHER_SHIFTS = ["topics_found", "length", "unknown_words"];

/** The live panel; each half hides where the service tells nothing of it. */
export class LivePanel {
  #drift = null;
  #counts = null;
  #topics = [];
  #timer = 0;

  constructor() {
    this.volumes = element("section", { class: "sheet volumes", hidden: true });
    this.drift = element("section", { class: "sheet drift", hidden: true });
    document.addEventListener("languagechanged", () => this.#draw());
  }

  async load(topics) {
    this.#topics = topics;
    clearTimeout(this.#timer);
    [this.#drift, this.#counts] = await Promise.all([
      ask("GET", "drift", { quiet: true }).catch(() => null),
      ask("GET", "../metrics", { quiet: true }).then(countsOf).catch(() => null),
    ]);
    this.#draw();
    if (this.#drift || this.#counts) this.#timer = setTimeout(() => this.#again(), REFRESHED_EVERY);
  }

  #again() {
    if (this.volumes.isConnected && !document.hidden) this.load(this.#topics);
    else this.#timer = setTimeout(() => this.#again(), REFRESHED_EVERY);
  }

  #draw() {
    this.volumes.hidden = !this.#counts;
    this.drift.hidden = !this.#drift;
    if (this.#counts) this.#drawVolumes();
    if (this.#drift) this.#drawDrift();
  }

  #drawVolumes() {
    const { articles, withoutTopic, tagged } = this.#counts;
    const row = (name, count) => measure(name, number(count), articles ? count / articles : 0, articles ? percent(count / articles) : "");
    fill(this.volumes,
      element("h2", {}, phrase("volumes")),
      element("p", { class: "quiet" }, phrase("volumesOf", { count: articles })),
      element("ul", { class: "measures" },
        ...this.#topics.map((topic) => row(topicName(topic), tagged.get(topic.id) ?? 0)), row(phrase("noTopic"), withoutTopic)));
  }

  #drawDrift() {
    const { missing, n_articles: articles, probabilities, moved_terms: terms } = this.#drift;
    const shifts = [...this.#topics.map((topic) => [topicName(topic), probabilities[topic.id]]),
      ...OTHER_SHIFTS.map((key) => [phrase(`drift-${key}`), this.#drift[key]])];
    fill(this.drift,
      element("h2", {}, phrase("drift")),
      element("p", { class: "quiet" }, missing ? phrase("driftMissing") : phrase("driftOf", { count: articles })),
      !missing && element("ul", { class: "measures" }, ...shifts.filter(([, shift]) => shift).map(driftRow)),
      !missing && terms.length > 0 && element("div", {}, element("h3", {}, phrase("movedTerms")),
        element("p", { class: "moved" }, ...terms.slice(0, TERMS_SHOWN).flatMap((term) => [movedTerm(term), " "]))));
  }
}

function measure(name, amount, share, note, kind = "") {
  return element("li", { class: kind },
    element("span", {}, name), element("span", { class: "measure-amount" }, amount),
    element("span", { class: "meter", "aria-hidden": "true", vars: { "--score": `${Math.min(1, share) * 100}%` } },
      element("span", { class: "meter-fill" })),
    element("span", { class: "quiet" }, note));
}

function driftRow([name, { psi, is_notable: notable }]) {
  if (psi === null) return measure(name, "–", 0, phrase("driftUnknown"));
  return measure(name, number(psi, 2), psi / FULL_BAR, phrase(notable ? "driftNotable" : "driftCalm"), notable ? "notable" : "");
}

function movedTerm({ term, expected, observed }) {
  const more = observed > expected;
  const shares = { expected: percent(expected), observed: percent(observed) };
  return element("span", { class: "tag", title: phrase("movedTermTitle", shares) },
    element("bdi", {}, term), more ? " ▲" : " ▼");
}
