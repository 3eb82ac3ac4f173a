/** Works through a file beside the page, so that the tab never waits: reads, asks the service, keeps the results. */

import { rememberKey, whenKeyIsWanted } from "../api.js";
import { CsvError } from "./csv.js";
import { csvFile, jsonLinesFile } from "./download.js";
import { Results } from "./results.js";
import { BadFile, rowsOf } from "./rows.js";
import { Batches, judge } from "./send.js";

const AT_ONCE = 2; // requests on their way: one is judged while the next is read
const TOLD_EVERY = 150; // milliseconds

let results = new Results([]);
let arranged = new Uint32Array(0);
let wanted = { filter: "all", sort: "row", descending: false };
let stopping = null;
let answerKey = () => {};

const COMMANDS = { start, stop, arrange, window: sendWindow, download, key: (message) => answerKey(message) };

self.addEventListener("message", ({ data }) => COMMANDS[data.command](data));

whenKeyIsWanted((problem) => new Promise((resolve) => {
  answerKey = ({ key }) => {
    if (key) rememberKey(key);
    resolve(Boolean(key));
  };
  postMessage({ event: "key", status: problem.status });
}));

async function start({ file, topics, key }) {
  if (key) rememberKey(key);
  results = new Results(topics);
  stopping = new AbortController();
  const run = new Run(file, stopping);
  try {
    await run.toTheEnd();
    run.tell("done");
  } catch (failure) {
    run.tell("failed", { failure: described(failure) });
  }
}

function described(failure) {
  if (failure instanceof CsvError) return { key: failure.message, values: { row: failure.row } };
  if (failure instanceof BadFile) return { key: failure.message, values: failure.values };
  if (failure.name === "AbortError") return { key: "batchStopped", values: {} };
  if (failure.status !== undefined) return { status: failure.status, title: failure.title, detail: failure.message };
  return { key: "fileUnreadable", values: {} }; // the disk failed, or packed data was damaged
}

/** One file on its way. */
class Run {
  #bytes = 0;
  #told = 0;
  #pause = TOLD_EVERY;
  #flying = new Set();
  #failed = null;

  constructor(file, stopper) {
    this.file = file;
    this.stopper = stopper;
  }

  async toTheEnd() {
    const batches = new Batches();
    for await (const rows of rowsOf(this.file, (bytes) => { this.#bytes += bytes; })) {
      for (const row of rows) {
        row.number = results.add(row);
        if (row.reason) {
          results.refuse(row.number, row.reason);
          continue;
        }
        const full = batches.add(row);
        if (full) await this.#send(full);
      }
      this.#stopIfToldTo();
      this.tellSometimes();
    }
    const rest = batches.take();
    if (rest.length > 0) await this.#send(rest);
    await Promise.all(this.#flying);
    this.#stopIfToldTo();
  }

  async #send(rows) {
    while (this.#flying.size >= AT_ONCE) await Promise.race(this.#flying);
    this.#stopIfToldTo();
    const flight = judge(rows, this.stopper.signal)
      .then((answers) => this.#keep(rows, answers))
      .catch((failure) => { this.#failed ??= failure; this.stopper.abort(); })
      .finally(() => this.#flying.delete(flight));
    this.#flying.add(flight);
  }

  #keep(rows, answers) {
    rows.forEach(({ number }, index) => {
      const answer = answers[index];
      if (answer.scores) results.keep(number, answer);
      else results.refuse(number, answer.title === "ArticleTooLong" || answer.status === 413 ? "rowTooLong" : "rowRefused");
    });
    this.tellSometimes();
  }

  #stopIfToldTo() {
    if (this.#failed) throw this.#failed;
    this.stopper.signal.throwIfAborted();
  }

  tellSometimes() {
    if (performance.now() - this.#told > this.#pause) this.tell("progress");
  }

  tell(event, more = {}) {
    const before = performance.now();
    rearrange();
    this.#told = performance.now();
    this.#pause = Math.max(TOLD_EVERY, 10 * (this.#told - before)); // ordering a million rows takes its time
    postMessage({
      event, ...more, bytes: this.#bytes, size: this.file.size, shown: arranged.length, count: results.count,
      judged: results.judged, refused: results.refused, withoutTopic: results.withoutTopic, taggedOf: results.taggedOf,
      model: results.model,
    });
  }
}

function stop() {
  stopping?.abort();
}

function arrange({ filter, sort, descending }) {
  wanted = { filter, sort, descending };
  rearrange();
  postMessage({ event: "arranged", shown: arranged.length });
}

function rearrange() {
  arranged = results.arrange(wanted);
}

function sendWindow({ first, count }) {
  const rows = Array.from(arranged.subarray(first, first + count), (row) => results.at(row));
  postMessage({ event: "window", first, rows });
}

function download({ format }) {
  const blob = format === "csv" ? csvFile(results, arranged) : jsonLinesFile(results, arranged);
  postMessage({ event: "file", format, blob });
}
