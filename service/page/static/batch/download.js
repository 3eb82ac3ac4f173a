/** Results as files: CSV that Excel opens with its Arabic intact, and JSON Lines as `wasim tag` writes them. */

const ROWS_A_PART = 5000;
const FORMULA = /^[=+\-@\t\r]/; // Source: OWASP, "CSV Injection"

/** @returns {Blob} The rows as CSV: a byte-order mark, commas, and no cell that a spreadsheet would run. */
export function csvFile(results, rows) {
  const head = ["id", "title", "topics", ...results.topics, "refused"];
  const line = (row) => {
    const { id, title, topics, scores, reason } = results.at(row);
    const cells = [id ?? "", title, topics.join(" "), ...(scores ?? results.topics.map(() => "")), reason ?? ""];
    return cells.map(cell).join(",");
  };
  return blobOf(["\uFEFF", head.map(cell).join(","), "\r\n"], rows, line, "\r\n", "text/csv;charset=utf-8");
}

/** @returns {Blob} The rows as JSON Lines; those without an answer are left out. */
export function jsonLinesFile(results, rows) {
  const line = (row) => {
    const { id, topics, scores } = results.at(row);
    const named = Object.fromEntries(results.topics.map((topic, column) => [topic, scores[column]]));
    return JSON.stringify({ id, topics, scores: named, model: results.model });
  };
  const judged = rows.filter((row) => results.isJudged(row));
  return blobOf([], judged, line, "\n", "application/x-ndjson");
}

/** One cell of CSV. A text that begins like a formula gets an apostrophe, which a spreadsheet does not show. */
export function cell(value) {
  if (typeof value === "number") return String(value);
  let text = typeof value === "string" ? value : JSON.stringify(value);
  if (FORMULA.test(text)) text = `'${text}`;
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function blobOf(start, rows, line, lineEnd, type) {
  const parts = [...start];
  for (let first = 0; first < rows.length; first += ROWS_A_PART) {
    let part = "";
    for (const row of rows.subarray(first, first + ROWS_A_PART)) part += line(row) + lineEnd;
    parts.push(part);
  }
  return new Blob(parts, { type });
}
