/** The frame around the views: which one is shown, in which language and light. */

import { whenKeyIsWanted } from "./api.js";
import { element, fill, sayAgain } from "./dom.js";
import { askForKey, mayAskAgain } from "./key.js";
import { explain } from "./notices.js";
import { changeLanguage, currentLanguage, phrase } from "./say.js";

// A view's module is loaded when it is first looked at, and its node kept: nothing that runs in it is lost.
const VIEWS = {
  "": { say: "article", load: () => import("./article/view.js") },
  batch: { say: "batch", load: () => import("./batch/view.js") },
  review: { say: "review", load: () => import("./review/view.js") },
  card: { say: "card", load: () => import("./card/view.js") },
};
const LIGHTS = ["auto", "light", "dark"];
const LIGHT_REMEMBERED_AS = "wasim-light";

const made = new Map();
const content = document.getElementById("content");
const links = new Map();

function start() {
  whenKeyIsWanted(askForKey);
  shine(localStorage.getItem(LIGHT_REMEMBERED_AS) ?? "auto");
  for (const [name, view] of Object.entries(VIEWS)) {
    links.set(name, element("a", { href: `#/${name}`, say: view.say }));
  }
  document.getElementById("views").append(...links.values());
  document.addEventListener("languagechanged", speak);
  speak();
  addEventListener("hashchange", go);
  show();
}

/** Show what its user asked for; what needs a key may ask for one again. */
function go() {
  mayAskAgain();
  show();
}

/** Show the view that the address names. */
async function show() {
  const name = location.hash.replace(/^#\/?/, "").split("?")[0];
  const view = VIEWS[name] ? name : "";
  for (const [one, link] of links) {
    if (one === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${phrase(VIEWS[view].say)} · ${phrase("wasim")}`;
  content.dataset.view = view || "article";
  try {
    if (!made.has(view)) made.set(view, await (await VIEWS[view].load()).makeView());
    const node = made.get(view);
    if (content.dataset.view !== (view || "article")) return; // its user went on meanwhile
    fill(content, node);
    node.dispatchEvent(new CustomEvent("shown"));
  } catch (problem) {
    fill(content, element("div", { class: "sheet failure", role: "alert" },
      element("p", {}, explain(problem)),
      element("button", { type: "button", class: "primary", on: { click: go } }, phrase("tryAgain"))));
  }
}

function speak() {
  const root = document.documentElement;
  root.lang = currentLanguage();
  root.dir = currentLanguage() === "ar" ? "rtl" : "ltr";
  sayAgain(document);
  for (const node of made.values()) if (!node.isConnected) sayAgain(node);
  const other = currentLanguage() === "ar" ? "en" : "ar";
  const light = root.dataset.light ?? "auto";
  fill(document.getElementById("preferences"),
    element("button", {
      type: "button", class: "preference", "aria-label": phrase("light", { light: phrase(`light-${light}`) }),
      title: phrase("light", { light: phrase(`light-${light}`) }), on: { click: nextLight },
    }, { auto: "◐", light: "☀", dark: "☾" }[light]),
    element("button", {
      type: "button", class: "preference", lang: other, on: { click: () => changeLanguage(other) },
    }, other === "en" ? "English" : "العربية"));
  const shown = content.dataset.view;
  if (shown) document.title = `${phrase(shown)} · ${phrase("wasim")}`;
}

function nextLight() {
  const now = document.documentElement.dataset.light ?? "auto";
  const next = LIGHTS[(LIGHTS.indexOf(now) + 1) % LIGHTS.length];
  localStorage.setItem(LIGHT_REMEMBERED_AS, next);
  shine(next);
  speak();
  document.querySelector(".preference").focus();
}

function shine(light) {
  document.documentElement.dataset.light = LIGHTS.includes(light) ? light : "auto";
}

start();
