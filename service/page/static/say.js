/** The page's language: Arabic first, English on request. Phrases, numbers, dates, and names of topics. */

import ar from "./strings/ar.js";
import en from "./strings/en.js";

const PHRASES = { ar, en };
const LOCALES = { ar: "ar-u-nu-latn", en: "en-GB" }; // Latin digits in both: ids and downloads have them too
const REMEMBERED_AS = "wasim-language";

let language = localStorage.getItem(REMEMBERED_AS) === "en" ? "en" : "ar";

export const currentLanguage = () => language;

/** Change the language; whoever shows something that is not a plain phrase listens for "languagechanged". */
export function changeLanguage(wanted) {
  language = wanted;
  localStorage.setItem(REMEMBERED_AS, wanted);
  document.dispatchEvent(new Event("languagechanged"));
}

/**
 * A phrase in the language of now.
 *
 * @param {string} key
 * @param {Object<string, string|number>} values What stands for `{name}` in it. `count` also chooses the plural.
 */
export function phrase(key, values = {}) {
  let found = PHRASES[language][key] ?? key;
  if (typeof found === "object") {
    const form = new Intl.PluralRules(LOCALES[language]).select(values.count);
    found = (values.count === 0 && found.zero) || (found[form] ?? found.other);
  }
  return found.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : value;
  });
}

/** Whether there is such a phrase. */
export const knowsPhrase = (key) => key in PHRASES[language];

export const number = (value, digits = 0) =>
  value.toLocaleString(LOCALES[language], { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A number with its sign, with a true minus. */
export const signed = (value, digits = 2) => {
  const size = Math.abs(value).toFixed(digits);
  return `${value < 0 ? "−" : "+"}${size}`;
};

/** A share as a percentage; what is not quite 0 or 1 is not shown as 0 or 100. U+200E keeps < from being mirrored. */
export function percent(share) {
  if (share > 0 && share < 0.005) return "\u200E<1%";
  if (share < 1 && share > 0.995) return "\u200E>99%";
  return `${Math.round(share * 100)}%`;
}

export const moment = (value) =>
  new Date(value).toLocaleString(LOCALES[language], { dateStyle: "medium", timeStyle: "short" });

/** A topic's name; the other language's where it has none in this one. */
export const topicName = (topic) =>
  (language === "ar" ? topic.name_ar || topic.name_en : topic.name_en || topic.name_ar) || topic.id;

export const topicDescription = (topic) => (language === "ar" ? topic.description_ar : topic.description_en) || "";
