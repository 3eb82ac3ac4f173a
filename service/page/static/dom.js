/** Making elements. Text goes in as text: nothing on this page ever parses markup, so nothing pasted can act. */

import { phrase } from "./say.js";

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {object} properties Attributes, and besides them: `on` ({event: listener}), `vars` (CSS custom properties),
 *   `say`, `sayLabel`, `sayTitle` and `sayPlaceholder` (keys of phrases that follow the language).
 * @param {...(Node|string|null|undefined|false)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(made, name, value);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Put new children in the place of the old ones. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter(Boolean));
}

const SAID = {
  say: ["data-say", (node, text) => { node.textContent = text; }],
  sayLabel: ["data-say-label", (node, text) => node.setAttribute("aria-label", text)],
  sayTitle: ["data-say-title", (node, text) => { node.title = text; }],
  sayPlaceholder: ["data-say-placeholder", (node, text) => { node.placeholder = text; }],
};

/** Say again, in the language of now, every phrase below a node that was given by its key. */
export function sayAgain(root) {
  for (const [attribute, put] of Object.values(SAID)) {
    for (const node of root.querySelectorAll(`[${attribute}]`)) put(node, phrase(node.getAttribute(attribute)));
  }
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === "vars") {
    for (const [property, amount] of Object.entries(value)) node.style.setProperty(property, amount);
  } else if (name in SAID) {
    const [attribute, put] = SAID[name];
    node.setAttribute(attribute, value);
    put(node, phrase(value));
  } else {
    node.setAttribute(name, value === true ? "" : value);
  }
}
