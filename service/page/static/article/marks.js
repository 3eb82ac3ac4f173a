/** How strongly words speak for a topic or against it, as marks on a text. */

import { element } from "../dom.js";
import { CodePoints, stretches } from "./spans.js";

const STRENGTHS = 5;
const FAINTEST = 0.06; // of the strongest stretch: weaker ones would be noise to the eye
const FULL_STRENGTH = 0.8; // log-odds: where no word says more, all marks stay faint

/**
 * Where an explanation's words stand in an article.
 *
 * @param {{terms: Array<object>}|null} explanation Of one topic.
 * @param {{title: string, text: string}} article As it was explained.
 * @returns {{title: Array<object>, text: Array<object>, strongest: number}}
 */
export function stretchesOf(explanation, article) {
  const of = (field) => (explanation ? stretches(explanation.terms, field, new CodePoints(article[field])) : []);
  const found = { title: of("title"), text: of("text") };
  const strongest = [...found.title, ...found.text].reduce((most, one) => Math.max(most, Math.abs(one.weight)), FULL_STRENGTH);
  return { ...found, strongest };
}

/** A text cut into strings and marks; `strongest` is the weight that gets the full strength. */
export function markedParts(text, found, strongest) {
  const parts = [];
  let reached = 0;
  const isSeen = (one) => one !== undefined && Math.abs(one.weight) / strongest >= FAINTEST;
  found.forEach((stretch, index) => {
    const { start, end, weight } = stretch;
    if (!isSeen(stretch)) return;
    // The space inside a pair of words is marked where it joins two marks, and not where it would stand alone.
    const isBlank = text.slice(start, end).trim() === "";
    if (isBlank && !(isSeen(found[index - 1]) && isSeen(found[index + 1]))) return;
    const strength = Math.min(STRENGTHS, Math.ceil((Math.abs(weight) / strongest) ** 0.6 * STRENGTHS));
    parts.push(text.slice(reached, start));
    parts.push(element("mark", {
      class: `${weight < 0 ? "against" : "for"} strength-${strength}`,
      "data-index": index, "data-start": start, "data-end": end,
    }, text.slice(start, end)));
    reached = end;
  });
  parts.push(text.slice(reached));
  return parts;
}
