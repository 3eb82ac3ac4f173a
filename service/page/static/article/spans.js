/** Where words stand. The service counts Unicode code points; JavaScript's strings count UTF-16 units. */

const SURROGATES = /[\uD800-\uDBFF][\uDC00-\uDFFF]/;

/** Turns a place in code points into one in UTF-16 units, for one text. */
export class CodePoints {
  #starts = null; // null where both counts agree: almost every article

  constructor(text) {
    if (!SURROGATES.test(text)) return;
    const starts = new Uint32Array(text.length + 1);
    let count = 0;
    let unit = 0;
    for (const character of text) {
      starts[count++] = unit;
      unit += character.length;
    }
    starts[count] = unit;
    this.#starts = starts;
  }

  toUtf16(codePoint) {
    return this.#starts ? this.#starts[codePoint] : codePoint;
  }
}

/**
 * Half of a surrogate pair is no character, and the service refuses it: U+FFFD stands for it.
 * Both are one unit long, so no place moves.
 */
export const wholeUnicode = (text) => (text.isWellFormed ? (text.isWellFormed() ? text : text.toWellFormed()) : text);

/**
 * Cut one field into the stretches that terms cover, in order, none overlapping another.
 *
 * @param {Array<{contribution: number, spans: Array}>} terms
 * @param {"title"|"text"} field
 * @param {CodePoints} codePoints Of that field.
 * @returns {Array<{start: number, end: number, weight: number}>} Places in UTF-16 units; weight is the sum of the
 *   contributions of the terms that cover the stretch: a word of its own, and pairs of words that it is in.
 */
export function stretches(terms, field, codePoints) {
  const changes = new Map();
  const change = (place, weight, covering) => {
    const known = changes.get(place) ?? { weight: 0, covering: 0 };
    changes.set(place, { weight: known.weight + weight, covering: known.covering + covering });
  };
  for (const term of terms) {
    for (const span of term.spans) {
      if (span.field !== field) continue;
      change(span.start, term.contribution, 1);
      change(span.end, -term.contribution, -1);
    }
  }
  const found = [];
  let weight = 0;
  let covering = 0;
  const places = [...changes.keys()].sort((left, right) => left - right);
  places.forEach((place, index) => {
    weight += changes.get(place).weight;
    covering += changes.get(place).covering;
    if (covering > 0) {
      found.push({ start: codePoints.toUtf16(place), end: codePoints.toUtf16(places[index + 1]), weight });
    }
  });
  return found;
}

/** Move stretches along with an edit, and drop those that it touched, so that nothing flickers while someone types. */
export function afterEdit(known, before, after) {
  const most = Math.min(before.length, after.length);
  let same = 0;
  while (same < most && before[same] === after[same]) same += 1;
  let sameAtEnd = 0;
  while (sameAtEnd < most - same && before[before.length - 1 - sameAtEnd] === after[after.length - 1 - sameAtEnd]) {
    sameAtEnd += 1;
  }
  const moved = after.length - before.length;
  const kept = [];
  for (const stretch of known) {
    if (stretch.end <= same) kept.push(stretch);
    else if (stretch.start >= before.length - sameAtEnd) {
      kept.push({ ...stretch, start: stretch.start + moved, end: stretch.end + moved });
    }
  }
  return kept;
}
