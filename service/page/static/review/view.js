/** The queue of corrections: the articles most worth a look, one keystroke each. */

import { ask } from "../api.js";
import { TopicPanel } from "../article/topics.js";
import { element, fill } from "../dom.js";
import { complaint, explain, notice } from "../notices.js";
import { moment, phrase, topicName } from "../say.js";
import { Reading } from "./reading.js";

const STATES = ["open", "accepted", "rejected", "withdrawn"];
const ORDERS = ["disagreeing", "uncertain", "newest"];
const PAGE = 50;

/** Make the view; it asks again whenever it is shown. */
export async function makeView() {
  return new ReviewView(await ask("GET", "topics")).node;
}

class ReviewView {
  #items = [];
  #next = null;
  #at = -1;
  #busy = false;

  constructor(topics) {
    this.topics = topics;
    this.panel = new TopicPanel(topics, { onChoose: (id) => this.#choose(id), onTick: () => {} });
    this.reading = new Reading();
    const select = (id, say) => element("select", { id, on: { change: () => this.#load() } });
    this.state = select("queue-state");
    this.order = select("queue-order");
    this.list = element("ol", { class: "queue-list", sayLabel: "queue" });
    this.more = element("button", { type: "button", say: "more", on: { click: () => this.#loadMore() } });
    this.trouble = element("p", { class: "trouble", role: "alert", hidden: true });
    this.facts = element("p", { class: "quiet" });
    this.empty = element("div", { class: "sheet", role: "status" }, element("p", { say: "queueEmpty" }));
    this.detail = element("div", { class: "review-detail" }, this.reading.node,
      element("aside", { class: "panel", sayLabel: "decision" }, this.panel.node, this.#decision()));
    this.node = element("div", { class: "review-view", on: { shown: () => this.#load() } },
      this.trouble, this.#queue(), this.detail, this.empty);
    document.addEventListener("keydown", (event) => this.#press(event));
    document.addEventListener("languagechanged", () => this.#drawAll());
    this.#drawAll();
  }

  #queue() {
    const labelled = (say, select) => element("div", {}, element("label", { for: select.id, class: "field-label", say }), select);
    return element("section", { class: "sheet queue", sayLabel: "queue" },
      element("h1", { say: "reviewTitle" }),
      element("div", { class: "queue-filters" }, labelled("queueOrder", this.order), labelled("queueState", this.state)),
      this.list, this.more);
  }

  #decision() {
    const button = (say, key, properties, act) => element("button", { type: "button", ...properties, on: { click: act } },
      element("span", { say }), " ", element("kbd", {}, key));
    return element("div", { class: "decision" }, this.facts,
      element("div", { class: "buttons" },
        button("accept", "A", { class: "primary" }, () => this.#decide(true)),
        button("reject", "R", {}, () => this.#decide(false))),
      element("p", { class: "quiet", say: "reviewKeys" }));
  }

  async #load() {
    const query = new URLSearchParams({ state: this.state.value, order: this.order.value, limit: PAGE });
    await this.#fetch(query, () => { this.#items = []; });
    this.#show(this.#items.length > 0 ? 0 : -1);
  }

  async #loadMore() {
    await this.#fetch(new URLSearchParams({
      state: this.state.value, order: this.order.value, limit: PAGE, after: this.#next,
    }), () => {});
    this.#drawQueue();
  }

  async #fetch(query, before) {
    try {
      const { items, next } = await ask("GET", `feedback?${query}`);
      before();
      this.#items.push(...items);
      this.#next = next;
      this.trouble.hidden = true;
    } catch (problem) {
      before();
      this.#next = null;
      this.trouble.textContent = explain(problem, "noFeedback");
      this.trouble.hidden = false;
    }
  }

  /** Show one item of the queue, or, with -1, that there is none. */
  #show(at) {
    this.#at = at;
    const item = this.#items[at];
    this.detail.hidden = !item;
    this.empty.hidden = Boolean(item) || !this.trouble.hidden;
    if (item) {
      this.panel.show({ topics: item.predicted, scores: item.scores });
      this.panel.propose(item.topics);
      this.#choose(disputed(item) ?? item.topics[0] ?? this.topics[0].id);
    }
    this.#drawQueue();
  }

  #choose(id) {
    this.panel.choose(id);
    this.reading.show(this.#items[this.#at], id);
  }

  /** Send the decision, with the topics as they are ticked, and go on to the next. */
  async #decide(accepted) {
    const item = this.#items[this.#at];
    if (!item || this.#busy) return;
    this.#busy = true;
    try {
      const topics = this.panel.ticked;
      await ask("POST", `feedback/${encodeURIComponent(item.id)}/review`, { body: { accepted, ...(accepted && { topics }) } });
      this.#items.splice(this.#items.indexOf(item), 1);
      this.#show(Math.min(this.#at, this.#items.length - 1));
      const lookAgain = () => { this.#items.unshift({ ...item, topics }); this.#show(0); };
      notice(phrase(accepted ? "accepted" : "rejected"), { action: phrase("lookAgain"), onAction: lookAgain });
    } catch (problem) {
      complaint(problem);
    } finally {
      this.#busy = false;
    }
  }

  /** Keys by their place on the keyboard, so that an Arabic layout has them too. */
  #press(event) {
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (!this.node.isConnected || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    const acts = {
      KeyA: () => this.#decide(true), KeyR: () => this.#decide(false),
      KeyJ: () => this.#step(1), KeyK: () => this.#step(-1),
    };
    const act = digit ? () => this.panel.toggle(Number(digit) - 1) : acts[event.code];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #step(by) {
    const at = Math.max(0, Math.min(this.#items.length - 1, this.#at + by));
    if (this.#items.length > 0 && at !== this.#at) this.#show(at);
    this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  #drawQueue() {
    const item = this.#items[this.#at];
    this.more.hidden = !this.#next;
    fill(this.list, ...this.#items.map((one, at) => element("li", {}, element("button", {
      type: "button", class: "queue-item", "aria-current": at === this.#at && "true", on: { click: () => this.#show(at) },
    }, element("bdi", { class: "queue-title" }, one.title || one.text.slice(0, 90)),
    element("span", { class: "quiet" }, this.#change(one))))));
    fill(this.facts, ...(item ? facts(item).flatMap((fact) => [element("span", {}, fact), " "]) : []));
  }

  #change({ predicted, topics }) {
    const names = (ids) => this.topics.filter(({ id }) => ids.includes(id)).map(topicName).join(phrase("comma")) || phrase("noTopic");
    return phrase("change", { from: names(predicted), to: names(topics) });
  }

  #drawAll() {
    const options = (select, keys, prefix) => {
      const chosen = select.value || keys[0];
      fill(select, ...keys.map((key) => element("option", { value: key }, phrase(`${prefix}-${key}`))));
      select.value = chosen;
    };
    options(this.state, STATES, "state");
    options(this.order, ORDERS, "order");
    this.panel.redraw();
    this.#drawQueue();
  }
}

const disputed = ({ predicted, topics }) =>
  [...predicted, ...topics].find((id) => predicted.includes(id) !== topics.includes(id));

function facts({ received, by, note, model }) {
  return [phrase("received", { when: moment(received) }), by && phrase("sentBy", { by }), note && `«${note}»`,
    phrase("judgedBy", { model })].filter(Boolean);
}
