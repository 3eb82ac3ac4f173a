/** A table of which only the rows in sight exist: a million rows scroll like twenty. */

import { element, fill } from "../dom.js";
import { number, percent, phrase, topicName } from "../say.js";

const ROW_HEIGHT = 44; // CSS pixels; styles/tables.css has it too
const BEYOND_SIGHT = 8; // rows made above and below
const TALLEST = 15_000_000; // CSS pixels that every browser can scroll

/** Shows what the worker arranged; asks for rows as they come into sight. */
export class ResultsTable {
  #count = 0;
  #first = 0;
  #rows = [];
  #sort = { sort: "row", descending: false };
  #asked = false;

  /**
   * @param {Array<object>} topics
   * @param {{onWindow: (first: number, count: number) => void, onSort: (sort: object) => void}} listeners
   */
  constructor(topics, { onWindow, onSort }) {
    this.topics = topics;
    this.onWindow = onWindow;
    this.onSort = onSort;
    this.head = element("div", { class: "grid-row grid-head", role: "row", "aria-rowindex": 1 });
    this.body = element("div", { class: "grid-body", role: "rowgroup" });
    this.space = element("div", { class: "grid-space", role: "presentation" }, this.body);
    this.node = element("div", {
      class: "grid", tabindex: 0, role: "table", sayLabel: "results", vars: { "--topics": topics.length },
      on: { scroll: () => this.#askSoon() },
    }, element("div", { class: "grid-top", role: "rowgroup" }, this.head), this.space);
    this.drawHead();
  }

  /** There are so many rows now; those in sight may have changed. */
  resize(count) {
    this.#count = count;
    this.node.setAttribute("aria-rowcount", String(count + 1));
    this.space.style.setProperty("--height", `${Math.min(count * ROW_HEIGHT, TALLEST)}px`);
    this.#askSoon();
  }

  /** Back to the first row. */
  toTop() {
    this.node.scrollTop = 0;
  }

  /** Show rows that were asked for. */
  show(first, rows) {
    this.#first = first;
    this.#rows = rows;
    this.draw();
  }

  draw() {
    this.body.style.setProperty("--offset", `${this.#offsetOf(this.#first)}px`);
    fill(this.body, ...this.#rows.map((row, index) => this.#row(row, this.#first + index)));
  }

  drawHead() {
    const sorted = (key) => (this.#sort.sort !== key ? "none" : this.#sort.descending ? "descending" : "ascending");
    const head = (key, text) => element("div", { role: "columnheader", "aria-sort": sorted(key) },
      element("button", { type: "button", class: "sort", on: { click: () => this.#sortBy(key) } }, text));
    fill(this.head, head("row", "#"),
      element("div", { role: "columnheader" }, phrase("title")),
      element("div", { role: "columnheader" }, phrase("topics")),
      ...this.topics.map((topic) => head(topic.id, topicName(topic))));
  }

  #sortBy(key) {
    const same = this.#sort.sort === key;
    this.#sort = { sort: key, descending: same ? !this.#sort.descending : key !== "row" };
    this.drawHead();
    [...this.head.querySelectorAll("button")][key === "row" ? 0 : 1 + this.topics.findIndex(({ id }) => id === key)].focus();
    this.onSort(this.#sort);
  }

  #row({ row, id, title, topics, scores, reason }, index) {
    const cell = (...content) => element("div", { role: "cell" }, ...content);
    return element("div", { class: reason ? "grid-row refused" : "grid-row", role: "row", "aria-rowindex": index + 2 },
      cell(element("span", { class: "quiet", title: id === null ? "" : String(id) }, number(row + 1))),
      cell(element("bdi", { class: "grid-title", title }, title)),
      cell(reason ? element("span", { class: "reason" }, phrase(reason)) : this.#topics(topics)),
      ...this.topics.map((_, column) => cell(scores && element("span", { dir: "ltr" }, percent(scores[column])))));
  }

  #topics(tagged) {
    if (tagged.length === 0) return element("span", { class: "quiet" }, phrase("noTopic"));
    return element("span", { class: "tags" }, ...this.topics.filter(({ id }) => tagged.includes(id))
      .map((topic) => element("span", { class: "tag" }, topicName(topic))));
  }

  #askSoon() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      const visible = Math.ceil(this.node.clientHeight / ROW_HEIGHT);
      const first = Math.max(0, Math.floor(this.#firstInSight(visible)) - BEYOND_SIGHT);
      this.onWindow(first, visible + 2 * BEYOND_SIGHT);
    });
  }

  // Where all rows would be taller than a browser scrolls, the way is shortened in proportion.
  #firstInSight(visible) {
    const { scrollTop, scrollHeight, clientHeight } = this.node;
    if (this.#count * ROW_HEIGHT <= TALLEST) return scrollTop / ROW_HEIGHT;
    return (scrollTop / Math.max(1, scrollHeight - clientHeight)) * Math.max(0, this.#count - visible);
  }

  #offsetOf(first) {
    if (this.#count * ROW_HEIGHT <= TALLEST) return first * ROW_HEIGHT;
    const visible = Math.ceil(this.node.clientHeight / ROW_HEIGHT);
    const inSight = this.#firstInSight(visible);
    return this.node.scrollTop - (inSight - first) * ROW_HEIGHT;
  }
}
