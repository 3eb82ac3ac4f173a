/** The first view: paste an article, see its topics and the words that earned them, correct them. */

import { ask } from "../api.js";
import { element, fill } from "../dom.js";
import { acceptDrops } from "../drop.js";
import { mayAskAgain } from "../key.js";
import { complaint, explain, notice } from "../notices.js";
import { phrase, signed } from "../say.js";
import { Correction } from "./correction.js";
import { EXAMPLES } from "./examples.js";
import { MarkedField } from "./field.js";
import { NotAnArticle, readArticle } from "./files.js";
import { stretchesOf } from "./marks.js";
import { CodePoints, wholeUnicode } from "./spans.js";
import { TopicPanel } from "./topics.js";
import { WordList } from "./words.js";

const PAUSE_BEFORE_SCORES = 30; // milliseconds after the last key
const PAUSE_BEFORE_WORDS = 180; // explaining costs several times a scoring, and nobody reads marks while typing
const TRY_AGAIN_AFTER = 3000;

/** Make the view; it lives as long as the page, so that a look at another view loses nothing. */
export async function makeView() {
  const topics = await ask("GET", "topics");
  return new ArticleView(topics).node;
}

class ArticleView {
  #timers = {};
  #running = null; // aborts the request on its way
  #explanation = null;
  #explained = { title: "", text: "" }; // the article that the explanation is of
  #chosenByHand = false;

  constructor(topics) {
    this.title = new MarkedField({ id: "title", say: "title", placeholder: "titlePlaceholder", rows: 1 }, () => this.#edited());
    this.text = new MarkedField({ id: "text", say: "text", placeholder: "textPlaceholder", rows: 3 }, () => this.#edited());
    this.title.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault(); // a headline is one paragraph
      this.text.input.focus();
    });
    this.panel = new TopicPanel(topics, {
      onChoose: (id) => this.#choose(id),
      onTick: () => this.correction.draw(),
    });
    this.words = new WordList((span) => this.#select(span), (span) => this.#read(span));
    this.correction = new Correction(() => this.#article(), this.panel);
    this.hint = element("p", { class: "hint", hidden: true });
    this.trouble = element("p", { class: "trouble", role: "alert", hidden: true });
    this.examples = element("div", { class: "examples" });
    this.node = element("div", { class: "article-view" }, this.#sheet(),
      element("aside", { class: "panel", sayLabel: "result" },
        this.trouble, this.panel.node, this.correction.node, this.words.node));
    acceptDrops(this.node, (files) => this.#readFile(files[0]));
    document.addEventListener("languagechanged", () => this.#drawLanguage());
    this.words.show(null);
    this.#drawLanguage();
    this.#drawFilled();
  }

  #sheet() {
    this.picker = element("input", {
      type: "file", accept: ".txt,.html,.htm,.xhtml,text/plain,text/html", class: "hidden", tabindex: -1, "aria-hidden": "true",
      on: { change: () => { this.#readFile(this.picker.files[0]); this.picker.value = ""; } },
    });
    this.clear = element("button", { type: "button", say: "clear", on: { click: () => this.#put({ title: "", text: "" }) } });
    const sheet = element("section", { class: "sheet", sayLabel: "article" },
      this.title.node, this.text.node, this.examples,
      element("div", { class: "sheet-foot" },
        element("div", { class: "legend" },
          element("span", {}, element("mark", { class: "for strength-4" }, " "), element("span", { say: "legendFor" })),
          element("span", {}, element("mark", { class: "against strength-4" }, " "), element("span", { say: "legendAgainst" }))),
        element("div", { class: "buttons" },
          element("button", { type: "button", say: "openFile", on: { click: () => this.picker.click() } }), this.clear),
        this.picker),
      this.hint);
    sheet.addEventListener("pointermove", (event) => this.#hover(event));
    sheet.addEventListener("pointerleave", () => { this.hint.hidden = true; });
    return sheet;
  }

  #article() {
    return { title: wholeUnicode(this.title.value), text: wholeUnicode(this.text.value) };
  }

  get #isEmpty() {
    return `${this.title.value}${this.text.value}`.trim() === "";
  }

  #put({ title, text }) {
    this.title.value = title;
    this.text.value = text;
    this.correction.forget();
    this.#chosenByHand = false;
    this.#edited();
    (this.#isEmpty ? this.text : this.title).input.focus();
  }

  #edited() {
    this.#drawFilled();
    this.hint.hidden = true;
    this.#stop();
    if (this.#isEmpty) {
      this.#show(null);
      return;
    }
    this.#timers.scores = setTimeout(() => this.#judge(false), PAUSE_BEFORE_SCORES);
    this.#timers.words = setTimeout(() => this.#judge(true), PAUSE_BEFORE_WORDS);
  }

  #stop() {
    Object.values(this.#timers).forEach(clearTimeout);
    this.#running?.abort();
  }

  /** Ask for the topics; `withWords` also for the words, which are then marked. */
  async #judge(withWords) {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    const article = this.#article();
    try {
      const answer = await ask("POST", "predict", { body: { ...article, explain: withWords }, signal: running.signal });
      if (running.signal.aborted) return;
      if (!this.panel.fits(answer)) this.panel.setTopics(await ask("GET", "topics")); // another model answers now
      this.trouble.hidden = true;
      this.#show(answer, withWords ? article : null);
    } catch (problem) {
      if (problem.name !== "AbortError" && !running.signal.aborted) this.#fail(problem);
    }
  }

  #fail(problem) {
    this.#show(null);
    const needsKey = problem.status === 401 || problem.status === 403;
    fill(this.trouble, explain(problem), needsKey && element("button", {
      type: "button", class: "link", on: { click: () => { mayAskAgain(); this.#judge(true); } },
    }, phrase("keyTitle")));
    this.trouble.hidden = false;
    if (problem.status === 0 || problem.status === 429 || problem.status === 503) {
      clearTimeout(this.#timers.words);
      this.#timers.words = setTimeout(() => this.#judge(true), TRY_AGAIN_AFTER);
    }
  }

  #show(answer, explained = null) {
    this.panel.show(answer);
    this.correction.draw();
    if (answer && !explained) return;
    this.#explanation = answer?.explanation ?? null;
    if (answer) {
      this.#explained = explained;
      if (!this.#chosenByHand) this.panel.choose(strongestTopic(answer));
    }
    this.#mark();
  }

  #choose(id) {
    this.#chosenByHand = true;
    this.panel.choose(id);
    this.#mark();
  }

  /** Mark the words of the chosen topic in title and text, and list them. */
  #mark() {
    const explanation = this.#explanation?.[this.panel.chosen];
    const topic = this.panel.topics.find(({ id }) => id === this.panel.chosen);
    const { title, text, strongest } = stretchesOf(explanation, this.#explained);
    this.title.mark(title, strongest);
    this.text.mark(text, strongest);
    this.words.show(topic, explanation);
  }

  #read({ field, start, end }) {
    const codePoints = new CodePoints(this.#explained[field]);
    return this.#explained[field].slice(codePoints.toUtf16(start), codePoints.toUtf16(end));
  }

  #select({ field, start, end }) {
    const codePoints = new CodePoints(this.#explained[field]);
    this[field].select(codePoints.toUtf16(start), codePoints.toUtf16(end));
  }

  #hover({ clientX, clientY, pointerType }) {
    const field = pointerType === "mouse" ? [this.title, this.text].find((one) => one.stretchAt(clientX, clientY)) : null;
    this.hint.hidden = !field;
    if (!field) return;
    const { start, end, weight } = field.stretchAt(clientX, clientY);
    fill(this.hint, element("bdi", {}, field.value.slice(start, end)), " ",
      element("bdi", { dir: "ltr", class: weight < 0 ? "against" : "for" }, signed(weight)));
    this.hint.style.setProperty("--x", `${clientX}px`);
    this.hint.style.setProperty("--y", `${clientY}px`);
  }

  async #readFile(file) {
    if (!file) return;
    if (/\.(jsonl|ndjson|csv|tsv|gz)$/i.test(file.name)) {
      const toBatch = () => { location.hash = "#/batch"; };
      notice(phrase("fileForBatch", { name: file.name }), { action: phrase("batch"), onAction: toBatch });
      return;
    }
    try {
      this.#put(await readArticle(file));
    } catch (failure) {
      if (failure instanceof NotAnArticle) notice(phrase(failure.message, { name: file.name }), { bad: true });
      else complaint(failure);
    }
  }

  #drawFilled() {
    this.node.classList.toggle("empty", this.#isEmpty);
    this.examples.hidden = !this.#isEmpty;
    this.clear.disabled = this.#isEmpty;
  }

  #drawLanguage() {
    fill(this.examples, element("span", { class: "quiet" }, phrase("tryExample")),
      ...EXAMPLES.map((example) => element("button", {
        type: "button", class: "chip", on: { click: () => this.#put(example) },
      }, phrase(example.key))));
    this.panel.redraw();
    this.correction.draw();
    this.#mark();
  }
}

const strongestTopic = ({ scores }) => Object.keys(scores).reduce((best, id) => (scores[id] > scores[best] ? id : best));
