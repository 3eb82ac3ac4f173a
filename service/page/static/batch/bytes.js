/** A file's text, piece by piece: unpacked where it is gzipped, decoded as what its bytes are. */

const GZIP = [0x1f, 0x8b];
const BEYOND_ASCII = /[^\0-\x7f]/;

/**
 * Read a file as text without ever holding it whole.
 *
 * @param {File} file
 * @param {(bytes: number) => void} onRead Told how many bytes of the file each step took.
 * @returns {AsyncGenerator<string>}
 */
export async function* textOf(file, onRead) {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const counted = file.stream().pipeThrough(new TransformStream({
    transform(chunk, controller) {
      onRead(chunk.length);
      controller.enqueue(chunk);
    },
  }));
  const isPacked = start[0] === GZIP[0] && start[1] === GZIP[1];
  const bytes = isPacked ? counted.pipeThrough(new DecompressionStream("gzip")) : counted;
  const decoder = new GuessingDecoder();
  const reader = bytes.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield decoder.decode(read.value);
    yield decoder.end();
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Decodes UTF-8, UTF-16 with a byte-order mark, or else windows-1256, which old Arabic files are in.
 *
 * Text that was plain ASCII so far says nothing, so the choice waits for the first byte beyond.
 */
export class GuessingDecoder {
  #decoder = null;
  #isSure = false;
  #last = new Uint8Array(0); // what the strict decoder may still hold of: re-read by the next one

  decode(chunk) {
    this.#decoder ??= this.#begin(chunk);
    if (this.#isSure) return this.#decoder.decode(chunk, { stream: true });
    try {
      const text = this.#decoder.decode(chunk, { stream: true });
      this.#last = incompleteEnd(chunk);
      this.#seen ||= BEYOND_ASCII.test(text);
      return text;
    } catch {
      return this.#fallBack(chunk);
    }
  }

  /** What is left at the end of the file. */
  end() {
    try {
      return this.#decoder?.decode() ?? "";
    } catch {
      return this.#fallBack(new Uint8Array(0)) + this.#decoder.decode();
    }
  }

  #seen = false; // a character beyond ASCII that was right UTF-8

  #begin([first, second]) {
    const utf16 = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "";
    this.#isSure = utf16 !== "";
    return utf16 ? new TextDecoder(utf16) : new TextDecoder("utf-8", { fatal: true });
  }

  #fallBack(chunk) {
    this.#isSure = true;
    // A broken byte in a file that was UTF-8 so far does not make it another encoding.
    this.#decoder = new TextDecoder(this.#seen ? "utf-8" : "windows-1256");
    const again = new Uint8Array(this.#last.length + chunk.length);
    again.set(this.#last);
    again.set(chunk, this.#last.length);
    return this.#decoder.decode(again, { stream: true });
  }
}

/** The bytes of a character that a chunk of UTF-8 cuts off, at most three. */
function incompleteEnd(chunk) {
  for (let back = 1; back <= Math.min(3, chunk.length); back += 1) {
    const byte = chunk[chunk.length - back];
    if (byte >= 0xc0) return chunk.slice(chunk.length - back);
    if (byte < 0x80) break;
  }
  return new Uint8Array(0);
}
