/** Every topic with its probability and its tick: what the model says, and where a person may say otherwise. */

import { element, fill } from "../dom.js";
import { percent, phrase, topicDescription, topicName } from "../say.js";

/** The panel of topics. Choosing one shows its words; a tick that differs from the model's is a correction. */
export class TopicPanel {
  #rows = new Map();
  #ticked = new Map(); // what a person said, by topic; nothing where they said nothing
  #answer = null;

  /**
   * @param {Array<object>} topics As GET /v1/topics lists them.
   * @param {{onChoose: (id: string) => void, onTick: () => void}} listeners
   */
  constructor(topics, { onChoose, onTick }) {
    this.onChoose = onChoose;
    this.onTick = onTick;
    this.chosen = null;
    this.verdict = element("p", { class: "verdict", role: "status", id: "verdict" });
    this.list = element("ul", { class: "topics", sayLabel: "topics" });
    this.node = element("div", { class: "topic-panel" }, this.verdict, this.list);
    this.setTopics(topics);
  }

  /** Show these topics from now on. */
  setTopics(topics) {
    this.topics = topics;
    this.#answer = null;
    this.#ticked.clear();
    this.#rows = new Map(topics.map((topic) => [topic.id, topicRow(topic, () => this.onChoose(topic.id), (ticked) => {
      this.#ticked.set(topic.id, ticked);
      this.#draw();
      this.onTick();
    })]));
    fill(this.list, ...[...this.#rows.values()].map((row) => row.node));
    this.#draw();
  }

  /** Whether an answer is about the topics that are shown. */
  fits({ scores }) {
    return this.topics.length === Object.keys(scores).length && this.topics.every(({ id }) => id in scores);
  }

  /** Show an answer, or, with null, that there is nothing to judge. */
  show(answer) {
    this.#answer = answer;
    this.#draw();
  }

  /** Say which topic's words are marked. */
  choose(id) {
    this.chosen = id;
    for (const [topic, row] of this.#rows) row.choose.setAttribute("aria-pressed", String(topic === id));
  }

  /** The topics that are ticked now, by the model or by a person. */
  get ticked() {
    return this.topics.map((topic) => topic.id).filter((id) => this.#isTicked(id));
  }

  /** How many ticks differ from the model's answer. */
  get corrections() {
    return this.topics.filter(({ id }) => this.#answer && this.#isTicked(id) !== this.#isTagged(id)).length;
  }

  /** Tick these topics and no others, as somebody proposed. */
  propose(ids) {
    this.#ticked = new Map(this.topics.map(({ id }) => [id, ids.includes(id)]));
    this.#draw();
  }

  /** Tick or untick the topic at a place, counted from 0. */
  toggle(place) {
    const id = this.topics[place]?.id;
    if (!id || !this.#answer) return;
    this.#ticked.set(id, !this.#isTicked(id));
    this.#draw();
  }

  /** Forget what a person ticked. */
  forgetTicks() {
    this.#ticked.clear();
    this.#draw();
  }

  /** Say everything again, after the language changed. */
  redraw() {
    this.#draw();
  }

  #isTagged(id) {
    return this.#answer?.topics.includes(id) ?? false;
  }

  #isTicked(id) {
    return this.#ticked.get(id) ?? this.#isTagged(id);
  }

  #draw() {
    const answer = this.#answer;
    this.node.classList.toggle("waiting", !answer);
    for (const topic of this.topics) {
      const tagged = this.#isTagged(topic.id);
      const judged = answer && {
        score: answer.scores[topic.id], threshold: answer.thresholds?.[topic.id] ?? topic.threshold, tagged,
      };
      this.#rows.get(topic.id).draw(judged, this.#isTicked(topic.id));
    }
    this.#say(this.#verdict());
    this.verdict.classList.toggle("none", Boolean(answer) && answer.topics.length === 0);
  }

  /** Screen readers read a verdict out when it changes, so one that stays is left alone. */
  #say(verdict) {
    const said = element("p", {}, ...verdict);
    if (said.textContent !== this.verdict.textContent) fill(this.verdict, ...said.childNodes);
  }

  #verdict() {
    if (!this.#answer) return [phrase("verdictWaiting")];
    const named = this.topics.filter(({ id }) => this.#isTagged(id)).map(topicName);
    if (named.length === 0) {
      const knowsNothing = Object.values(this.#answer.scores).every((score) => score === 0);
      return [phrase(knowsNothing ? "verdictUnknown" : "verdictNone")];
    }
    return [phrase("verdict"), " ", element("strong", {}, named.join(phrase("and")))];
  }
}

function topicRow(topic, onChoose, onTick) {
  const tick = element("input", {
    type: "checkbox", class: "topic-tick", disabled: true, on: { change: () => onTick(tick.checked) },
  });
  const name = element("span", { class: "topic-name" });
  const amount = element("span", { class: "topic-amount" });
  const fillBar = element("span", { class: "meter-fill" });
  const meter = element("span", {
    class: "meter", role: "meter", "aria-valuemin": 0, "aria-valuemax": 100,
  }, fillBar, element("span", { class: "meter-threshold" }));
  const choose = element("button", {
    type: "button", class: "topic-choose", "aria-pressed": "false", on: { click: onChoose },
  }, name, amount);
  const node = element("li", { class: "topic", "data-topic": topic.id }, tick, choose, meter);

  const draw = (judged, ticked) => {
    const { score, threshold, tagged } = judged ?? { score: 0, threshold: topic.threshold, tagged: false };
    const said = judged ? percent(score) : "";
    name.textContent = topicName(topic);
    amount.textContent = said;
    choose.title = topicDescription(topic);
    tick.checked = ticked;
    tick.disabled = !judged;
    tick.setAttribute("aria-label", phrase("tickLabel", { topic: topicName(topic) }));
    meter.style.setProperty("--score", `${score * 100}%`);
    meter.style.setProperty("--threshold", `${threshold * 100}%`);
    meter.setAttribute("aria-label", phrase("meterLabel", { topic: topicName(topic) }));
    meter.setAttribute("aria-valuenow", String(Math.round(score * 100)));
    meter.setAttribute("aria-valuetext", phrase(tagged ? "meterTagged" : "meterNotTagged", {
      amount: percent(score), threshold: percent(threshold),
    }));
    meter.title = phrase("thresholdTitle", { threshold: percent(threshold) });
    node.classList.toggle("tagged", tagged);
    node.classList.toggle("corrected", Boolean(judged) && ticked !== tagged);
  };
  return { node, choose, draw };
}
