/** The few of the service's metrics that the page shows. Source: Prometheus' text format, version 0.0.4. */

const LINE = /^(\w+)(?:\{([^}]*)\})? (\S+)/;

/**
 * Read how many articles were classified, and as what, since the service started.
 *
 * @param {string} exposition What GET /metrics answers.
 * @returns {{articles: number, withoutTopic: number, tagged: Map<string, number>}|null} null where it has no such figures.
 */
export function countsOf(exposition) {
  const counts = { articles: 0, withoutTopic: 0, tagged: new Map() };
  let known = false;
  for (const line of exposition.split("\n")) {
    const [, name, labels, value] = LINE.exec(line) ?? [];
    if (name === "wasim_articles_total") counts.articles += Number(value);
    else if (name === "wasim_articles_without_topic_total") {
      counts.withoutTopic += Number(value);
      known = true;
    } else if (name === "wasim_articles_tagged_total") {
      const topic = /topic="([^"]*)"/.exec(labels)?.[1];
      counts.tagged.set(topic, (counts.tagged.get(topic) ?? 0) + Number(value));
    }
  }
  return known ? counts : null;
}
