/** Asking for an API key, when the service wants one. It stays in this tab, until the tab is closed. */

import { apiKey, rememberKey } from "./api.js";
import { element, fill } from "./dom.js";
import { phrase } from "./say.js";

let asking = null; // one question at a time, however many requests were refused
let declined = false; // whoever closed it without a key is not asked again at every letter they type

/**
 * Ask for a key.
 *
 * @param {import("./api.js").Problem} problem Why: 401 for none or a wrong one, 403 for one that may not do this.
 * @returns {Promise<boolean>} Whether there is a new key to try with.
 */
export function askForKey(problem) {
  if (declined) return Promise.resolve(false);
  asking ??= question(problem).finally(() => { asking = null; });
  return asking;
}

/** Let the question come again: its user did something that needs a key. */
export function mayAskAgain() {
  declined = false;
}

function question(problem) {
  const input = element("input", {
    id: "key", type: "password", class: "text-input", dir: "ltr", autocomplete: "off", required: true, value: apiKey(),
  });
  const form = element("form", { method: "dialog" });
  const dialog = element("dialog", { class: "key-dialog", "aria-labelledby": "key-title" }, form);
  fill(form,
    element("h2", { id: "key-title" }, phrase("keyTitle")),
    element("p", {}, phrase(problem.status === 403 ? "keyForbidden" : "keyNeeded")),
    element("label", { for: "key", class: "field-label" }, phrase("key")), input,
    element("div", { class: "buttons" },
      element("button", { class: "primary", value: "use" }, phrase("keyUse")),
      element("button", { type: "button", on: { click: () => dialog.close("") } }, phrase("cancel"))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const key = input.value.trim();
      const given = dialog.returnValue === "use" && key !== "";
      declined = !given;
      if (given) rememberKey(key);
      dialog.remove();
      resolve(given);
    });
  });
}
