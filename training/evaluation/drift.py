"""Holding published articles against what a model was trained on, or against earlier ones."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from wasim.model.article import Article
from wasim.model.drift import DriftMonitor, DriftReference, DriftReport, surely_differ
from wasim.model.errors import CorpusUnreadableError
from wasim.model.topic_model import TopicModel
from wasim.model.vocabulary import WordStemmer
from wasim.training.import_formats.records import BadRecord
from wasim.training.review.pool import read_pool

_AT_A_TIME = 256
_MOST_NEW_WORDS = 20


@dataclass(frozen=True, slots=True)
class NewWord:
    """A stem that the model does not know; shares of articles, ``expected`` 0 where nothing earlier was read."""

    stem: str
    expected: float
    observed: float


@dataclass(frozen=True, slots=True)
class ArchiveDrift:
    """How far articles lie from what was expected.

    ``new_words`` are the stems that the model does not know and that have become most frequent; ``n_bad``
    counts the lines that were no article.
    """

    report: DriftReport
    new_words: tuple[NewWord, ...]
    n_bad: int


def archive_drift(
    model: TopicModel, reference: DriftReference, file: Path, earlier: Path | None = None
) -> ArchiveDrift:
    """Compare the articles of a file with a model's training articles, or with those of an earlier file.

    Raises
    ------
    CorpusUnreadableError
        When a file is missing or has no article.
    """
    before = _read(model, reference, earlier) if earlier else None
    now = _read(model, reference, file)
    report = now.monitor.report(before.monitor if before else None)
    return ArchiveDrift(report, _new_words(now, before), now.n_bad)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was counted in one file; ``articles_with`` holds the stems that the model does not know."""

    monitor: DriftMonitor
    articles_with: Counter[str]
    n_articles: int
    n_bad: int


def _new_words(now: _Seen, before: _Seen | None) -> tuple[NewWord, ...]:
    """Choose the stems whose share of articles has risen most; with earlier articles only what surely rose."""
    stems = sorted(stem for stem, count in now.articles_with.items() if count > 1)
    observed = np.array([now.articles_with[stem] for stem in stems]) / now.n_articles
    expected = np.zeros(len(stems))
    rose = np.ones(len(stems), dtype=np.bool_)
    if before is not None:
        expected = np.array([before.articles_with[stem] for stem in stems]) / before.n_articles
        rose = surely_differ(expected, before.n_articles, observed, now.n_articles) & (observed > expected)
    most = [row for row in np.argsort(expected - observed, kind="stable") if rose[row]]
    return tuple(NewWord(stems[row], float(expected[row]), float(observed[row])) for row in most[:_MOST_NEW_WORDS])


def _read(model: TopicModel, reference: DriftReference, file: Path) -> _Seen:
    monitor, stemmer = DriftMonitor(model, reference), WordStemmer(model.settings)
    known = frozenset({*model.vocabulary.terms, ""})
    articles_with: Counter[str] = Counter()
    bad: list[BadRecord] = []
    n_articles = 0
    stream = _articles(file, model.settings.longest_article, bad)
    while articles := list(islice(stream, _AT_A_TIME)):
        for article, answer in zip(articles, model.classify(articles), strict=True):
            monitor.observe(article, answer)
            monitor.observe_words(article)
            articles_with.update({*stemmer.stems(article.title), *stemmer.stems(article.text)} - known)
        n_articles += len(articles)
    if not n_articles:
        raise CorpusUnreadableError(f"{file} has no article. A line is a JSON object with title and text.")
    return _Seen(monitor, articles_with, n_articles, len(bad))


def _articles(file: Path, longest: int, bad: list[BadRecord]) -> Iterator[Article]:
    for row in read_pool(file):
        if isinstance(row, BadRecord):
            bad.append(row)
        elif len(row.article.title) + len(row.article.text) > longest:
            bad.append(BadRecord(row.id, f"more than the {longest:,} characters that the model reads"))
        else:
            yield row.article
