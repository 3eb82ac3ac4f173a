/** Short messages at the foot of the page; screen readers hear them. */

import { element } from "./dom.js";
import { knowsPhrase, phrase } from "./say.js";

const SHOWN_FOR = 12_000; // milliseconds; one with an action stays until it is used or closed

/** Say something; with `action`, offer to do something about it. */
export function notice(text, { action, onAction, bad = false } = {}) {
  const close = () => node.remove();
  const node = element("div", { class: bad ? "notice bad" : "notice" },
    element("span", {}, text),
    action && element("button", { type: "button", class: "link", on: { click: () => { close(); onAction(); } } }, action),
    element("button", { type: "button", class: "close", "aria-label": phrase("close"), on: { click: close } }, "×"));
  const place = document.getElementById("notices");
  while (place.children.length > 2) place.firstChild.remove();
  place.append(node);
  if (!action) setTimeout(close, SHOWN_FOR);
}

/** Say what went wrong in the language of now; `missing` is the phrase for an endpoint that is not there. */
export const complaint = (problem, { missing } = {}) => notice(explain(problem, missing), { bad: true });

export function explain(problem, missing) {
  if (missing && problem.isMissing) return phrase(missing);
  if (problem.status === 0) return phrase("unreachable");
  const key = [`problem${problem.title}`, `problem${problem.status}`].find(knowsPhrase);
  return key ? phrase(key) : phrase("problem", { detail: problem.message });
}
