/** Having rows judged, in requests that the service takes. */

import { Problem, ask } from "../api.js";

const MOST_ROWS = 256;
const MOST_UNITS = 280_000; // UTF-16 units: Arabic is two bytes each, and a request takes a megabyte
const TRIES = 6;
const FIRST_PAUSE = 500; // milliseconds, doubled with every try

/** Gathers rows into batches that fit into one request; a row that is too large comes alone. */
export class Batches {
  #rows = [];
  #units = 0;

  /** @returns {Array<object>|null} A full batch, when this row begins the next. */
  add(row) {
    const units = row.title.length + row.text.length + 50;
    const isFull = this.#rows.length === MOST_ROWS || (this.#rows.length > 0 && this.#units + units > MOST_UNITS);
    const full = isFull ? this.take() : null;
    this.#rows.push(row);
    this.#units += units;
    return full;
  }

  /** @returns {Array<object>} What has been gathered so far. */
  take() {
    const taken = this.#rows;
    this.#rows = [];
    this.#units = 0;
    return taken;
  }
}

/**
 * Judge a batch. When the service refuses it, its halves are tried, so that one bad row costs only itself.
 *
 * @param {Array<{title: string, text: string}>} rows
 * @returns {Promise<Array<object|Problem>>} An answer for each row, or why there is none.
 * @throws {Problem} When the service can't be reached, lets nobody in, or fails.
 */
export async function judge(rows, signal) {
  try {
    const body = rows.map(({ title, text }) => ({ title, text }));
    return await withPatience(() => ask("POST", "predict/batch", { body, signal }), signal);
  } catch (problem) {
    const isTheRows = problem.status === 400 || problem.status === 413 || problem.status === 422;
    if (!isTheRows) throw problem;
    if (rows.length === 1) return [problem];
    const half = rows.length >> 1;
    return [...(await judge(rows.slice(0, half), signal)), ...(await judge(rows.slice(half), signal))];
  }
}

/** Try again, later and later, while the service is busy, away or starting. */
async function withPatience(request, signal) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await request();
    } catch (problem) {
      const mayPass = problem instanceof Problem && [0, 429, 503].includes(problem.status);
      if (!mayPass || tried === TRIES || signal?.aborted) throw problem;
      const wanted = problem.retryAfter ? problem.retryAfter * 1000 : FIRST_PAUSE * 2 ** (tried - 1);
      await new Promise((resolve) => setTimeout(resolve, wanted * (0.75 + Math.random() / 2)));
    }
  }
}
