/**
 * The two doors through which strings may become something active, both narrow.
 *
 * The service's Content-Security-Policy asks for trusted types: the browser refuses any other door.
 */

const policy = window.trustedTypes?.createPolicy("wasim", {
  createHTML: (markup) => markup, // only for parseInert
  createScriptURL: (address) => {
    if (new URL(address).origin !== location.origin) throw new TypeError(`not of this page: ${address}`);
    return address;
  },
});

/** Parse a file's markup into a document that is never shown: its scripts don't run, its images don't load. */
export const parseInert = (markup) =>
  new DOMParser().parseFromString(policy ? policy.createHTML(markup) : markup, "text/html");

/** Start a worker of this page's own. */
export const startWorker = (url) => new Worker(policy ? policy.createScriptURL(url.href) : url, { type: "module" });
