/** A file of many articles: drop it, watch it being tagged, look through the results, take them away. */

import { Problem, apiKey, ask } from "../api.js";
import { element, fill } from "../dom.js";
import { acceptDrops } from "../drop.js";
import { askForKey, mayAskAgain } from "../key.js";
import { explain } from "../notices.js";
import { number, phrase, topicName } from "../say.js";
import { startWorker } from "../trusted.js";
import { ResultsTable } from "./table.js";

/** Make the view; a run goes on while other views are looked at. */
export async function makeView() {
  return new BatchView(await ask("GET", "topics")).node;
}

class BatchView {
  #worker = null;
  #file = null;
  #state = null; // the last that the worker told
  #running = false;
  #failure = null;

  constructor(topics) {
    this.topics = topics;
    this.table = new ResultsTable(topics, {
      onWindow: (first, count) => this.#worker?.postMessage({ command: "window", first, count }),
      onSort: (sort) => this.#arrange(sort),
    });
    this.node = element("div", { class: "batch-view" }, this.#intake(), this.#outcome());
    this.node.addEventListener("shown", () => this.table.resize(this.#state?.shown ?? 0));
    acceptDrops(this.node, (files) => this.#begin(files[0]));
    document.addEventListener("languagechanged", () => this.#drawAll());
    this.#drawAll();
  }

  #intake() {
    this.picker = element("input", {
      type: "file", class: "hidden", tabindex: -1, "aria-hidden": "true",
      on: { change: () => { this.#begin(this.picker.files[0]); this.picker.value = ""; } },
    });
    this.status = element("p", { class: "batch-status", role: "status" });
    this.bar = element("progress", { class: "batch-progress", max: 1, value: 0, sayLabel: "progress", hidden: true });
    this.stop = element("button", { type: "button", say: "stop", hidden: true,
      on: { click: () => this.#worker.postMessage({ command: "stop" }) } });
    this.trouble = element("p", { class: "trouble", role: "alert", hidden: true });
    return element("section", { class: "sheet intake", sayLabel: "batch" },
      element("h1", { say: "batchTitle" }), element("p", { class: "quiet", say: "batchFormats" }),
      element("div", { class: "buttons" },
        element("button", { type: "button", class: "primary", say: "chooseFile", on: { click: () => this.picker.click() } }),
        this.stop, this.picker),
      this.bar, this.status, this.trouble);
  }

  #outcome() {
    this.filter = element("select", { id: "filter", on: { change: () => this.#arrange({}) } });
    const download = (format, say) => element("button", { type: "button", say, on: {
      click: () => this.#worker.postMessage({ command: "download", format }),
    } });
    this.outcome = element("section", { class: "sheet outcome", sayLabel: "results", hidden: true },
      element("div", { class: "outcome-head" },
        element("label", { for: "filter", class: "field-label", say: "show" }), this.filter,
        element("div", { class: "buttons" }, download("csv", "downloadCsv"), download("jsonl", "downloadJsonLines"))),
      this.table.node);
    return this.outcome;
  }

  #begin(file) {
    if (!file) return;
    mayAskAgain();
    this.#worker?.terminate();
    this.#worker = startWorker(new URL("worker.js", import.meta.url));
    this.#worker.addEventListener("message", ({ data }) => this.#hear(data));
    this.#worker.addEventListener("error", () => this.#hear({ event: "failed", failure: { key: "fileUnreadable" } }));
    this.#file = file;
    this.#running = true;
    this.#failure = null;
    this.#state = null;
    this.table.toTop();
    this.table.show(0, []);
    this.#arrange({});
    this.#worker.postMessage({ command: "start", file, topics: this.topics.map(({ id }) => id), key: apiKey() });
    this.#draw();
  }

  #hear(told) {
    if (told.event === "window") {
      this.table.show(told.first, told.rows);
    } else if (told.event === "file") {
      this.#save(told);
    } else if (told.event === "arranged") {
      this.table.resize(told.shown);
    } else if (told.event === "key") {
      askForKey(new Problem(told.status, "", "")).then((given) => {
        this.#worker.postMessage({ command: "key", key: given ? apiKey() : "" });
      });
    } else {
      this.#running = told.event === "progress";
      this.#failure = told.failure ?? null;
      if (told.count !== undefined) this.#state = told;
      this.table.resize(this.#state?.shown ?? 0);
      this.#draw();
    }
  }

  #arrange(sort) {
    this.sort = { sort: "row", descending: false, ...this.sort, ...sort };
    this.#worker?.postMessage({ command: "arrange", filter: this.filter.value || "all", ...this.sort });
    this.table.toTop();
  }

  #save({ format, blob }) {
    const address = URL.createObjectURL(blob);
    const name = this.#file.name.replace(/(\.(jsonl|ndjson|json|csv|tsv|txt))?(\.gz)?$/i, "");
    const link = element("a", { href: address, download: `${name}-topics.${format}` });
    document.body.append(link); // Firefox follows only links that are in the page
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  #drawAll() {
    const chosen = this.filter.value;
    const option = (value, text) => element("option", { value }, text);
    fill(this.filter, option("all", phrase("filterAll")),
      ...this.topics.map((topic) => option(`topic:${topic.id}`, topicName(topic))),
      option("several", phrase("filterSeveral")), option("none", phrase("noTopic")), option("refused", phrase("filterRefused")));
    this.filter.value = chosen || "all";
    this.table.drawHead();
    this.table.draw();
    this.#draw();
  }

  #draw() {
    const state = this.#state;
    this.bar.hidden = this.stop.hidden = !this.#running;
    this.outcome.hidden = !state || state.count === 0;
    this.bar.value = state ? Math.min(1, state.bytes / Math.max(1, state.size)) : 0;
    this.trouble.hidden = !this.#failure;
    if (this.#failure) this.trouble.textContent = this.#explain(this.#failure);
    fill(this.status, ...(this.#file ? this.#summary(state) : []));
  }

  #summary(state) {
    const name = element("bdi", {}, this.#file.name);
    if (!state) return [name];
    const found = this.topics.map((topic, column) => `${topicName(topic)} ${number(state.taggedOf[column])}`);
    return [name, element("span", {}, phrase("judgedRows", { count: state.judged })),
      ...[...found, `${phrase("noTopic")} ${number(state.withoutTopic)}`].map((text) => element("span", { class: "quiet" }, text)),
      state.refused > 0 && element("span", { class: "reason" }, phrase("refusedRows", { count: state.refused }))].filter(Boolean);
  }

  #explain({ key, values, status, title, detail }) {
    return key ? phrase(key, { name: this.#file.name, ...values }) : explain(new Problem(status, title, detail));
  }
}
