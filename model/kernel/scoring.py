"""Terms to scores: the kernel's half of :mod:`wasim.model.scoring`, and its ways in."""

import numpy as np

from wasim.model.kernel.layout import N_WEIGHED_COUNTS, ROW, TOPICS_IN_ROW
from wasim.model.kernel.reading import UNKNOWN, entry, fill_slots, inlined, read_article

__all__ = ["fill_slots", "score_articles"]


@inlined
def _weight(count, tables):
    return tables.weight_of_count[count] if count < N_WEIGHED_COUNTS else 1 + np.log(np.float64(count))


@inlined
def _shifted(totals, old, new, row, rows):
    """Change a term's weight in the totals: the squared length, then the product with each topic's weights."""
    idf = np.float64(rows[row])
    step = (new - old) * idf
    return (
        totals[0] + (new * new - old * old) * idf * idf,
        totals[1] + step * rows[row + 1],
        totals[2] + step * rows[row + 2],
        totals[3] + step * rows[row + 3],
        totals[4] + step * rows[row + 4],
        totals[5] + step * rows[row + 5],
        totals[6] + step * rows[row + 6],
        totals[7] + step * rows[row + 7],
    )


@inlined
def _score_whole(n_title, n_terms, block, tables, scratch, terms):
    """Leave the whole article's scores for a block of topics, without bias, in ``best``."""
    counts = scratch.counts
    for index in range(n_terms):
        counts[terms[index]] += tables.title_weight if index < n_title else 1
    totals = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for index in range(n_terms):
        term = np.int64(terms[index])
        count = np.int64(counts[term])
        if count:
            counts[term] = 0
            row = (block * tables.n_terms + term) * ROW
            totals = _shifted(totals, 0.0, _weight(count, tables), row, tables.rows)
    scale = 1 / np.sqrt(totals[0]) if n_terms else 0.0
    for column, total in enumerate(totals):
        scratch.best[column] = total * scale


@inlined
def _counted(totals, term, by, block, tables, counts):
    """Count a term up or down, and return the totals that follow."""
    count = np.int64(counts[term])
    counts[term] = count + by
    row = (block * tables.n_terms + term) * ROW
    return _shifted(totals, _weight(count, tables), _weight(count + by, tables), row, tables.rows)


@inlined
def _score_passages(first, n_terms, n_words, block, tables, scratch, terms, places):
    """Leave each topic's highest score of a passage in ``best``, and the passage in ``chosen``; see passage_bounds."""
    counts, best, chosen = scratch.counts, scratch.best, scratch.chosen
    length = tables.passage_length
    stride = (length + 1) // 2
    nothing = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    totals = nothing
    last, start, passage = first, np.int64(0), np.int64(0)
    while True:
        end = start + length if start + stride + length <= n_words else n_words
        while last < n_terms and places[last] >> 1 < end:
            totals = _counted(totals, np.int64(terms[last]), 1, block, tables, counts)
            last += 1
        while first < last and (places[first] >> 1) - (places[first] & 1) < start:
            totals = _counted(totals, np.int64(terms[first]), -1, block, tables, counts)
            first += 1
        if first == last:
            totals = nothing  # without what rounding left over
        scale = 1 / np.sqrt(totals[0]) if first < last else 0.0
        for column, total in enumerate(totals):
            if passage == 0 or total * scale > best[column]:
                best[column], chosen[column] = total * scale, passage
        if end == n_words:
            break
        start += stride
        passage += 1
    for index in range(first, last):
        counts[terms[index]] = 0


@entry
def score_articles(tables, scratch, batch, scores):
    """Score each article of a batch against every topic."""
    share = tables.passage_weight
    for article in range(batch.n_articles):
        n_title, n_terms, n_words = read_article(article, tables, scratch, batch)
        if n_words < 0:
            continue
        scores.knows_nothing[article] = n_terms == 0
        for block in range((tables.n_topics + TOPICS_IN_ROW - 1) // TOPICS_IN_ROW):
            first_topic = block * TOPICS_IN_ROW
            n_topics = min(TOPICS_IN_ROW, tables.n_topics - first_topic)
            cell = article * tables.n_topics + first_topic
            _score_whole(n_title, n_terms, block, tables, scratch, batch.terms)
            for topic in range(n_topics):
                scores.scores[cell + topic] = tables.bias[first_topic + topic] + scratch.best[topic + 1]
                scores.best_passage[cell + topic] = UNKNOWN
            if share > 0 and n_words > tables.passage_length:
                _score_passages(n_title, n_terms, n_words, block, tables, scratch, batch.terms, batch.places)
                for topic in range(n_topics):
                    passage = tables.bias[first_topic + topic] + scratch.best[topic + 1]
                    scores.scores[cell + topic] = (1 - share) * scores.scores[cell + topic] + share * passage
                    scores.best_passage[cell + topic] = scratch.chosen[topic + 1]
