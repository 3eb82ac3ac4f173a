/** Reading CSV as it streams in. Source: RFC 4180, and what Excel writes besides (";" or a tab, "sep=;"). */

const QUOTE = 34;
const CR = 13;
const LF = 10;
const LONGEST_FIELD = 5_000_000; // characters: a quote that is never closed would swallow the file

/** A row can't be read on; `row` counts from 1. */
export class CsvError extends Error {
  constructor(row) {
    super("csvUnclosedQuote");
    this.row = row;
  }
}

/** Turns pieces of text, cut anywhere, into rows of fields. */
export class CsvReader {
  #separator;
  #fields = [];
  #field = ""; // what is complete of the field that is being read
  #inQuotes = false;
  #quoted = false; // the field began with a quote
  #quoteBefore = false; // the last character was a quote that may close, or be the first of two
  #crBefore = false;
  #count = 0;

  constructor(separator) {
    this.#separator = separator.charCodeAt(0);
  }

  /** @returns {string[][]} The rows that this piece completes. */
  push(text) {
    const rows = [];
    let start = 0; // of what is not yet taken over into the field
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#inQuotes) {
        if (code !== QUOTE) continue;
        this.#take(text, start, at);
        start = at + 1;
        this.#inQuotes = false;
        this.#quoteBefore = true;
        continue;
      }
      if (code === QUOTE) {
        if (this.#quoteBefore) {
          this.#field += '"'; // two quotes in a quoted field are one
          this.#inQuotes = true;
          start = at + 1;
        } else if (!this.#quoted && this.#field === "" && start === at) {
          this.#quoted = this.#inQuotes = true;
          start = at + 1;
        }
      } else if (code === this.#separator) {
        this.#endField(text, start, at);
        start = at + 1;
      } else if (code === LF && this.#crBefore) {
        start = at + 1; // the second half of a line's end
      } else if (code === LF || code === CR) {
        this.#endField(text, start, at);
        start = at + 1;
        this.#endRow(rows);
      }
      this.#quoteBefore = false;
      this.#crBefore = code === CR;
    }
    this.#take(text, start, text.length);
    return rows;
  }

  /** @returns {string[][]} The last row, when the text did not end with a line's end. */
  end() {
    if (this.#inQuotes) throw new CsvError(this.#count + 1);
    const rows = [];
    if (this.#field !== "" || this.#fields.length > 0 || this.#quoted) {
      this.#endField("", 0, 0);
      this.#endRow(rows);
    }
    return rows;
  }

  #take(text, start, end) {
    if (end > start) this.#field += text.slice(start, end);
    if (this.#field.length > LONGEST_FIELD) throw new CsvError(this.#count + 1);
  }

  #endField(text, start, end) {
    this.#take(text, start, end);
    this.#fields.push(this.#field);
    this.#field = "";
    this.#quoted = false;
  }

  #endRow(rows) {
    const isBlank = this.#fields.length === 1 && this.#fields[0] === "";
    this.#count += 1;
    if (!isBlank) rows.push(this.#fields);
    this.#fields = [];
  }
}

/**
 * Find out which character separates the fields.
 *
 * @param {string} start The first thousands of characters of the file.
 * @returns {{separator: string, skip: number}} `skip`: how many characters an Excel "sep=" line takes.
 */
export function separatorOf(start) {
  const told = /^sep=(.)\r?\n/.exec(start);
  if (told) return { separator: told[1], skip: told[0].length };
  const head = start.replace(/"[^"]*"/g, "").split(/[\r\n]/, 1)[0];
  const count = (separator) => head.split(separator).length;
  const separator = [",", ";", "\t"].reduce((best, one) => (count(one) > count(best) ? one : best));
  return { separator, skip: 0 };
}
