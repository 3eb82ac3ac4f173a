/** What the service said of every row of a file, held tightly: a million rows fit into a tab. */

const PENDING = 0;
const JUDGED = 1;
const REFUSED = 2;
const LONGEST_TITLE = 300; // characters kept of a title

/** Results by row number; rows may be judged in any order. */
export class Results {
  count = 0;
  judged = 0;
  refused = 0;
  model = "";
  #ids = [];
  #titles = [];
  #reasons = new Map();
  #states = new Uint8Array(1024);
  #tagged;
  #scores;

  /** @param {string[]} topics Ids, in the order of the columns. */
  constructor(topics) {
    this.topics = topics;
    this.taggedOf = topics.map(() => 0);
    this.withoutTopic = 0;
    this.#tagged = new Uint8Array(1024 * topics.length);
    this.#scores = new Float64Array(1024 * topics.length);
  }

  /** Note that there is a row. @returns {number} Its number. */
  add({ id, title, text }) {
    const row = this.count;
    this.#ids.push(id);
    this.#titles.push((title || text).slice(0, LONGEST_TITLE));
    this.count += 1;
    if (this.count > this.#states.length) this.#grow();
    return row;
  }

  /** Keep what the service said of a row. */
  keep(row, answer) {
    const at = row * this.topics.length;
    this.#states[row] = JUDGED;
    this.judged += 1;
    this.model = answer.model;
    this.topics.forEach((topic, column) => { this.#scores[at + column] = answer.scores[topic]; });
    for (const topic of answer.topics) {
      const column = this.topics.indexOf(topic);
      this.#tagged[at + column] = 1;
      this.taggedOf[column] += 1;
    }
    if (answer.topics.length === 0) this.withoutTopic += 1;
  }

  /** Keep why a row has no answer. */
  refuse(row, reason) {
    this.#states[row] = REFUSED;
    this.refused += 1;
    this.#reasons.set(row, reason);
  }

  isJudged(row) {
    return this.#states[row] === JUDGED;
  }

  /** One row, as it is shown and downloaded. */
  at(row) {
    const at = row * this.topics.length;
    const isJudged = this.isJudged(row);
    return {
      row, id: this.#ids[row], title: this.#titles[row], reason: this.#reasons.get(row),
      topics: isJudged ? this.topics.filter((_, column) => this.#tagged[at + column]) : [],
      scores: isJudged ? Array.from(this.#scores.subarray(at, at + this.topics.length)) : null,
    };
  }

  /**
   * Choose and order rows.
   *
   * @param {{filter: string, sort: string, descending: boolean}} wanted `filter`: "all", "none", "several", "refused"
   *   or "topic:" and an id; `sort`: "row", or a topic's id.
   * @returns {Uint32Array} Numbers of rows.
   */
  arrange({ filter, sort, descending }) {
    const fits = this.#filter(filter);
    const rows = new Uint32Array(this.count);
    let found = 0;
    for (let row = 0; row < this.count; row += 1) if (fits(row)) rows[found++] = row;
    const arranged = rows.subarray(0, found);
    const column = this.topics.indexOf(sort);
    const width = this.topics.length;
    const direction = descending ? -1 : 1;
    if (column >= 0) {
      const scores = this.#scores;
      arranged.sort((left, right) =>
        direction * (scores[left * width + column] - scores[right * width + column]) || left - right);
    } else if (descending) arranged.reverse();
    return arranged;
  }

  #filter(filter) {
    const width = this.topics.length;
    const taggedWith = (row) => {
      let count = 0;
      for (let column = 0; column < width; column += 1) count += this.#tagged[row * width + column];
      return count;
    };
    if (filter === "none") return (row) => this.isJudged(row) && taggedWith(row) === 0;
    if (filter === "several") return (row) => taggedWith(row) > 1;
    if (filter === "refused") return (row) => this.#states[row] === REFUSED;
    if (filter.startsWith("topic:")) {
      const column = this.topics.indexOf(filter.slice("topic:".length));
      return (row) => this.#tagged[row * width + column] === 1;
    }
    return (row) => this.#states[row] !== PENDING;
  }

  #grow() {
    const larger = (old) => {
      const grown = new old.constructor(old.length * 2);
      grown.set(old);
      return grown;
    };
    this.#states = larger(this.#states);
    this.#tagged = larger(this.#tagged);
    this.#scores = larger(this.#scores);
  }
}
