/** Asking the service. Every failure is a Problem, as the service's RFC 9457 documents have it. */

const BASE = new URL("../v1/", import.meta.url); // relative: the service may stand behind a proxy's prefix
const KEY_REMEMBERED_AS = "wasim-key";

let askForKey = async () => null;

/** What to call when the service wants a key; it returns whether there is a new one to try with. */
export function whenKeyIsWanted(ask) {
  askForKey = ask;
}

// A worker has no storage of its own; whoever starts it hands it the key.
let key = globalThis.sessionStorage?.getItem(KEY_REMEMBERED_AS) ?? "";

export const apiKey = () => key;

/** Send this key from now on; it is kept until the tab is closed. */
export function rememberKey(given) {
  key = given;
  globalThis.sessionStorage?.setItem(KEY_REMEMBERED_AS, given);
}

/** What went wrong: `status` 0 when the service could not be reached at all. */
export class Problem extends Error {
  constructor(status, title, detail, retryAfter = 0) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.retryAfter = retryAfter; // seconds, where the service says so
  }

  /** Whether the service has no such endpoint: the part of the page that needs it hides. */
  get isMissing() {
    return this.status === 404 || this.status === 405 || this.status === 501;
  }
}

/**
 * Ask the service; a JSON answer is parsed.
 *
 * @param {string} method
 * @param {string} path Below /v1/.
 * @param {{body?: any, headers?: object, signal?: AbortSignal, quiet?: boolean}} options `quiet` never asks for a key.
 * @throws {Problem} And AbortError, when `signal` says so.
 */
export async function ask(method, path, { body, headers = {}, signal, quiet = false } = {}) {
  const response = await send(method, path, { body, headers, signal });
  if (response.ok) return answerOf(response);
  const problem = await problemOf(response);
  const wantsKey = problem.status === 401 || problem.status === 403;
  if (wantsKey && !quiet && (await askForKey(problem))) return ask(method, path, { body, headers, signal });
  throw problem;
}

async function send(method, path, { body, headers, signal }) {
  const sent = { ...headers };
  if (key) sent.Authorization = `Bearer ${key}`;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  try {
    return await fetch(new URL(path, BASE), {
      method, headers: sent, signal, body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Problem(0, "Unreachable", "");
  }
}

async function answerOf(response) {
  const type = response.headers.get("Content-Type") ?? "";
  if (response.status === 204) return null;
  return type.includes("json") ? response.json() : response.text();
}

async function problemOf(response) {
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  try {
    const { title, detail } = await response.json();
    return new Problem(response.status, title, detail, retryAfter);
  } catch {
    return new Problem(response.status, response.statusText, "", retryAfter);
  }
}
