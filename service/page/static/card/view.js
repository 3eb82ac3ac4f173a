/** The model card: what answers here, what it was made from, how good it was found to be, and its limits. */

import { ask } from "../api.js";
import { element, fill } from "../dom.js";
import { complaint } from "../notices.js";
import { number, phrase, topicDescription, topicName } from "../say.js";
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
    await Promise.all([this.versions.load(), this.live.load(this.#manifest.topics)]);
  }

  #draw() {
    const manifest = this.#manifest;
    fill(this.about,
      element("section", { class: "sheet" },
        element("h1", {}, phrase("cardTitle")),
        element("p", { class: "model-name" }, element("bdi", {}, manifest.name)),
        element("p", { class: "lead" }, phrase("cardLead", { count: manifest.n_articles })),
        facts(manifest)),
      quality(manifest),
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

function quality({ metrics, topics, calibration }) {
  if (!metrics) return null;
  const byId = new Map(topics.map((topic) => [topic.id, topic]));
  const [low, high] = metrics.macro_f1_interval ?? [];
  const heads = ["topic", "positives", "precision", "recall", "f1", "averagePrecision", "calibrationError", "threshold"];
  return element("section", { class: "sheet" },
    element("h2", {}, phrase("quality")),
    element("p", { class: "headline-figure" }, element("strong", {}, number(metrics.macro_f1, 3)), " ",
      phrase("macroF1"), " ", low !== undefined && element("span", { class: "quiet" },
        phrase("interval", { low: number(low, 3), high: number(high, 3) }))),
    low !== undefined && intervalBar(low, metrics.macro_f1, high),
    element("p", { class: "quiet" }, phrase("qualityOf", { count: metrics.n_articles })),
    element("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": phrase("quality") },
      element("table", { class: "figures" },
        element("thead", {}, element("tr", {}, ...heads.map((key) => element("th", { scope: "col" }, phrase(key))))),
        element("tbody", {}, ...metrics.topics.map((one) => figuresRow(one, byId.get(one.topic), calibration?.[one.topic]))))));
}

function figuresRow(figures, topic, calibrated) {
  const cell = (value, digits = 3) => element("td", {}, typeof value === "number" ? number(value, digits) : "–");
  return element("tr", {},
    element("th", { scope: "row", title: topic ? topicDescription(topic) : "" }, topic ? topicName(topic) : figures.topic),
    cell(figures.positives, 0), cell(figures.precision), cell(figures.recall),
    element("td", { class: "strong" }, number(figures.f1, 3), interval(figures.f1_interval)),
    cell(figures.average_precision), cell(figures.calibration_error), cell(calibrated?.threshold));
}

const interval = (pair) =>
  pair && element("small", { class: "quiet", dir: "ltr" }, ` ${number(pair[0], 2)}–${number(pair[1], 2)}`);

function intervalBar(low, middle, high) {
  return element("div", {
    class: "interval", "aria-hidden": "true",
    vars: { "--low": `${low * 100}%`, "--middle": `${middle * 100}%`, "--width": `${(high - low) * 100}%` },
  }, element("span", { class: "interval-range" }), element("span", { class: "interval-middle" }));
}
