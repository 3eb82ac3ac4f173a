/** The model card: what answers here, what it was made from, how good it was found to be, and its limits. */

import { ask } from "../api.js";
import { element, fill } from "../dom.js";
import { complaint } from "../notices.js";
import { number, phrase, topicDescription, topicName } from "../say.js";
import { Curves } from "./curves.js";
import { LivePanel } from "./live.js";
import { VersionsPanel } from "./versions.js";

const LIMITS = ["limitSense", "limitLanguage", "limitTruth"];

/** Make the view; it asks again whenever it is shown, since another model may have been put to use. */
export async function makeView() {
  const view = new CardView(await ask("GET", "model"));
  return view.node;
}

class CardView {
  #manifest;

  constructor(manifest) {
    this.#manifest = manifest;
    this.about = element("div", { class: "card-sheet" });
    this.curves = new Curves();
    this.live = new LivePanel();
    this.versions = new VersionsPanel(() => this.load());
    this.node = element("div", { class: "card-view", on: { shown: () => this.load() } }, this.about,
      element("div", { class: "card-side" }, this.live.volumes, this.live.drift, this.versions.node));
    document.addEventListener("languagechanged", () => this.#draw());
    this.#draw();
  }

  async load() {
    try {
      this.#manifest = await ask("GET", "model");
    } catch (problem) {
      complaint(problem); // what was shown before stays
    }
    this.#draw();
    await Promise.all([this.curves.load(this.#manifest), this.versions.load(), this.live.load(this.#manifest.topics)]);
  }

  #draw() {
    const manifest = this.#manifest;
    fill(this.about,
      element("section", { class: "sheet" },
        element("h1", {}, phrase("cardTitle")),
        element("p", { class: "model-name" }, element("bdi", {}, manifest.name)),
        element("p", { class: "lead" }, phrase("cardLead", { count: manifest.n_articles })),
        facts(manifest)),
      manifest.judged && quality("qualityJudged", "judgedOn", manifest.judged.metrics, manifest),
      manifest.metrics && quality("quality", "qualityOf", manifest.metrics, manifest),
      this.curves.node,
      element("section", { class: "sheet" },
        element("h2", {}, phrase("limits")),
        element("ul", { class: "limits" }, ...LIMITS.map((key) => element("li", {}, phrase(key))))));
  }
}

function facts({ fingerprint, settings, versions, topics, n_articles: articles }) {
  const fact = (key, ...value) => element("div", {}, element("dt", {}, phrase(key)), element("dd", {}, ...value));
  return element("dl", { class: "facts" },
    fact("factArticles", number(articles)),
    fact("factTopics", number(topics.length)),
    settings?.passage_length && fact("factPassage", number(settings.passage_length)),
    fact("factFingerprint", element("bdi", { class: "code" }, String(fingerprint).slice(0, 16))),
    versions && fact("factMade", element("bdi", { class: "code" }, `wasim ${versions.wasim}, Python ${versions.python}`)));
}

/** Figures on one set of articles, with a row a topic. */
function quality(title, note, metrics, { topics, calibration }) {
  const byId = new Map(topics.map((topic) => [topic.id, topic]));
  const overall = intervalOf(metrics, "macro_f1");
  const heads = ["topic", "positives", "precision", "recall", "f1", "averagePrecision", "calibrationError", "threshold"];
  return element("section", { class: "sheet" },
    element("h2", {}, phrase(title)),
    element("p", { class: "headline-figure" }, element("strong", {}, figure(metrics.macro_f1)), " ", phrase("macroF1"), " ",
      overall && element("span", { class: "quiet" },
        phrase("interval", { low: number(overall.low, 3), high: number(overall.high, 3) }))),
    overall && intervalBar(overall.low, metrics.macro_f1, overall.high),
    element("p", { class: "quiet" }, phrase(note, { count: metrics.n_articles })),
    element("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": phrase(title) },
      element("table", { class: "figures" },
        element("thead", {}, element("tr", {}, ...heads.map((key) => element("th", { scope: "col" }, phrase(key))))),
        element("tbody", {}, ...metrics.topics.map((one) => figuresRow(one, byId.get(one.topic), calibration[one.topic]))))));
}

function figuresRow(figures, topic, calibrated) {
  const cell = (value, name) => element("td", name === "f1" ? { class: "strong" } : {}, figure(value), range(figures, name));
  return element("tr", {},
    element("th", { scope: "row", title: topic ? topicDescription(topic) : "" }, topic ? topicName(topic) : figures.topic),
    element("td", {}, number(figures.positives)),
    cell(figures.precision, "precision"), cell(figures.recall, "recall"), cell(figures.f1, "f1"),
    cell(figures.average_precision, "average_precision"), cell(figures.calibration_error, "calibration_error"),
    element("td", {}, figure(calibrated?.threshold)));
}

/** What could not be measured is null. */
const figure = (value) => (typeof value === "number" ? number(value, 3) : "–");

/** A 95 % interval; models of wasim 0.1 have one, of the macro-F1, in a form of its own. */
function intervalOf(figures, name) {
  const [low, high] = figures[`${name}_interval`] ?? [];
  const found = figures.intervals?.[name] ?? { low, high };
  return typeof found.low === "number" ? found : null;
}

function range(figures, name) {
  const found = intervalOf(figures, name);
  return found && element("small", { class: "range", dir: "ltr" }, `${number(found.low, 2)}–${number(found.high, 2)}`);
}

function intervalBar(low, middle, high) {
  return element("div", {
    class: "interval", "aria-hidden": "true",
    vars: { "--low": `${low * 100}%`, "--middle": `${middle * 100}%`, "--width": `${(high - low) * 100}%` },
  }, element("span", { class: "interval-range" }), element("span", { class: "interval-middle" }));
}
