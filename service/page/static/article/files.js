/** Reading a dropped .txt or .html file as an article. */

import { parseInert } from "../trusted.js";

const LONGEST_TITLE = 200; // characters: a longer first line is a paragraph
const ASIDE = "script, style, noscript, template, nav, header, footer, aside, form, figure, button";

/** What is not an article's file. */
export class NotAnArticle extends Error {}

/**
 * Read a file.
 *
 * @param {File} file
 * @returns {Promise<{title: string, text: string}>}
 * @throws {NotAnArticle} When it is empty, larger than the service reads, or no text.
 */
export async function readArticle(file, mostBytes = 4_000_000) {
  if (file.size > mostBytes) throw new NotAnArticle("fileTooLarge");
  const text = decode(new Uint8Array(await file.arrayBuffer()));
  if (text.includes("\0")) throw new NotAnArticle("fileNoText");
  if (text.trim() === "") throw new NotAnArticle("fileEmpty");
  const isMarkup = /\.x?html?$/i.test(file.name) || /^\s*<(!doctype html|html)/i.test(text);
  return isMarkup ? fromMarkup(text) : fromPlainText(text);
}

/** UTF-8 or UTF-16 as the first bytes say; windows-1256 where the bytes are no UTF-8. */
export function decode(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1256").decode(bytes);
  }
}

function fromPlainText(text) {
  const lines = text.replace(/\r\n?/g, "\n").trim();
  const end = lines.indexOf("\n");
  if (end < 0 || end > LONGEST_TITLE) return { title: "", text: lines };
  return { title: lines.slice(0, end).trim(), text: lines.slice(end + 1).trim() };
}

function fromMarkup(markup) {
  const page = parseInert(markup);
  const title = page.querySelector("h1")?.textContent
    || page.querySelector('meta[property="og:title"]')?.content || page.title || "";
  page.querySelectorAll(ASIDE).forEach((node) => node.remove());
  const body = page.querySelector("article") ?? page.querySelector("main") ?? page.body;
  body.querySelectorAll("h1").forEach((node) => node.remove());
  const paragraphs = [...body.querySelectorAll("p, li, h2, h3, blockquote")]
    .filter((node) => !node.querySelector("p, li")).map((node) => plain(node.textContent)).filter(Boolean);
  const text = paragraphs.length > 0 ? paragraphs.join("\n") : plain(body.textContent);
  if (!text && !plain(title)) throw new NotAnArticle("fileEmpty");
  return { title: plain(title), text };
}

const plain = (text) => text.replace(/\s+/g, " ").trim();
