/** A file of many articles, row by row: JSON Lines or CSV. A row that is no article keeps its place and its reason. */

import { wholeUnicode } from "../article/spans.js";
import { textOf } from "./bytes.js";
import { CsvReader, separatorOf } from "./csv.js";

const ENOUGH_TO_JUDGE = 4096; // characters
const LONGEST_LINE = 20_000_000;
const NAMES = {
  id: ["id", "_id", "guid", "url", "link", "المعرف", "الرقم", "رقم", "م", "الرابط"],
  title: ["title", "headline", "العنوان", "عنوان"],
  text: ["text", "body", "content", "article", "النص", "نص", "المتن", "المحتوى", "الخبر", "المقال"],
};

/** The file can't be read as a whole; the message is a phrase's key. */
export class BadFile extends Error {
  constructor(key, values = {}) {
    super(key);
    this.values = values;
  }
}

/**
 * Read a file's rows.
 *
 * @param {File} file
 * @param {(bytes: number) => void} onRead
 * @returns {AsyncGenerator<Array<{id: any, title: string, text: string, reason?: string}>>} In parts, in order;
 *   `reason` is a phrase's key where a row is no article.
 * @throws {BadFile} When it is no such file.
 */
export async function* rowsOf(file, onRead) {
  const pieces = textOf(file, onRead);
  let start = "";
  let ended = false;
  while (!ended && start.length < ENOUGH_TO_JUDGE) {
    const { value, done } = await pieces.next();
    ended = done;
    start += value ?? "";
  }
  const first = start.trimStart()[0];
  if (first === undefined) throw new BadFile("fileEmpty");
  if (start.startsWith("PK\u0003\u0004")) throw new BadFile("fileIsWorkbook");
  if (start.includes("\0")) throw new BadFile("fileNoText");
  if (first === "[") throw new BadFile("fileIsArray");
  const all = chain(start, pieces);
  yield* first === "{" ? jsonRows(all) : csvRows(start, all);
}

async function* chain(start, pieces) {
  yield start;
  yield* pieces;
}

async function* jsonRows(pieces) {
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    if (rest.length > LONGEST_LINE) throw new BadFile("lineTooLong");
    yield lines.filter(isLine).map(jsonRow);
  }
  if (isLine(rest)) yield [jsonRow(rest)];
}

const isLine = (line) => line.trim() !== "";

function jsonRow(line) {
  const refused = (reason, id = null) => ({ id, title: line.slice(0, 80), text: "", reason });
  let read;
  try {
    read = JSON.parse(line);
  } catch {
    return refused("rowNoJson");
  }
  if (read === null || typeof read !== "object" || Array.isArray(read)) return refused("rowNoObject");
  const { id = null, title = "", text = "" } = read;
  if (typeof (title ?? "") !== "string" || typeof (text ?? "") !== "string") return refused("rowNoText", id);
  return article(id, title ?? "", text ?? "");
}

async function* csvRows(start, pieces) {
  const { separator, skip } = separatorOf(start);
  const reader = new CsvReader(separator);
  let columns = null;
  let skipped = skip;
  const read = (rows) => {
    if (!columns && rows.length > 0) columns = columnsOf(rows.shift());
    return rows.map((fields) => csvRow(fields, columns));
  };
  for await (const piece of pieces) {
    yield read(reader.push(skipped ? piece.slice(skipped) : piece));
    skipped = 0;
  }
  yield read(reader.end());
}

/** Which column holds what, by the heads. */
function columnsOf(heads) {
  const known = heads.map((head) => head.replace(/^\uFEFF/, "").trim().toLowerCase());
  const find = (names) => known.findIndex((head) => names.includes(head));
  const columns = { id: find(NAMES.id), title: find(NAMES.title), text: find(NAMES.text) };
  if (columns.title < 0 && columns.text < 0) {
    throw new BadFile("noColumns", { columns: known.join("، ").slice(0, 200) });
  }
  return columns;
}

const csvRow = (fields, { id, title, text }) => article(fields[id] ?? null, fields[title] ?? "", fields[text] ?? "");

function article(id, title, text) {
  const row = { id, title: wholeUnicode(title), text: wholeUnicode(text) };
  if (`${title}${text}`.trim() === "") row.reason = "rowEmpty";
  return row;
}
