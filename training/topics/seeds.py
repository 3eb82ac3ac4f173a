"""Seed words: the first idea of a topic, and what an archive holds that comes near to it."""

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np

from wasim.model.article import Article
from wasim.model.errors import CorpusUnreadableError
from wasim.model.scoring import article_occurrences
from wasim.model.settings import ModelSettings
from wasim.model.topic_model import TopicModel
from wasim.model.vocabulary import Vocabulary, WordStemmer
from wasim.training.import_formats.records import BadRecord
from wasim.training.review.pool import PooledArticle
from wasim.training.review.queue import QueuedArticle
from wasim.training.review.selection import choose

FEWEST_SEEDS = 3
ONE_BY_CHANCE_IN = 2
"""Every second candidate is drawn by chance: a topic is learned from what is not about it too.

With every fourth, the tutorial's topic had F1 0.58 after 20 labels instead of 0.71.
"""

_CANDIDATES_FOR_ONE = 5


@dataclass(frozen=True, slots=True)
class Seeds:
    """Seed words as a model reads them: ``words`` as they were written, by term."""

    words: dict[str, str]

    def missing(self, model: TopicModel) -> list[str]:
        """List the words that a model knows neither as they are nor in parts: it can't learn from them."""
        known = set(model.vocabulary.terms)
        return [word for term, word in self.words.items() if not known.intersection([term, *term.split()])]


@dataclass(frozen=True, slots=True)
class SeededQueue:
    """Candidates for a new topic, and the seed words that the archive has nowhere."""

    queue: list[QueuedArticle]
    unseen_words: list[str]
    n_articles: int
    bad: list[BadRecord]


def read_seeds(file: Path, settings: ModelSettings) -> Seeds:
    """Read a word, or two that stand together, from each line; ``#`` begins a comment.

    Raises
    ------
    CorpusUnreadableError
        When the file is missing, a line is no term (names file and line), or there are fewer than three.
    """
    if not file.is_file():
        raise CorpusUnreadableError(f"{file} is missing. Write 10 to 30 words of the topic into it, one a line.")
    stemmer = WordStemmer(settings)
    words: dict[str, str] = {}
    for number, line in enumerate(file.read_bytes().decode("utf-8-sig", "replace").splitlines(), start=1):
        word = line.partition("#")[0].strip()
        if word:
            stems = stemmer.stems(word)
            if not (1 <= len(stems) <= settings.longest_phrase and all(stems)):
                raise CorpusUnreadableError(
                    f"{file}:{number}: {word!r} is no term. Write one word, or {settings.longest_phrase} that stand "
                    "together."
                )
            words.setdefault(" ".join(stems), word)
    if len(words) < FEWEST_SEEDS:
        raise CorpusUnreadableError(f"{file} has {len(words)} different words. Write 10 to 30, one a line.")
    return Seeds(words)


def queue_by_seeds(
    model: TopicModel, seeds: Seeds, read: Callable[[], Iterable[PooledArticle | BadRecord]], most: int
) -> SeededQueue:
    """Choose the articles of an archive to begin a topic with.

    Parameters
    ----------
    model
        Says how text becomes terms, which articles are alike, and which of its own topics it would give.
    seeds
        A seed's weight is its inverse document frequency in the archive: a rare word says more.
    read
        Reads the archive; called twice, so that the archive is never held whole.
    most
        How many articles to choose.
    """
    vocabulary = Vocabulary(sorted(seeds.words), model.settings)
    frequency: Counter[int] = Counter()
    n_articles, bad = 0, []
    for one in read():
        if isinstance(one, BadRecord):
            bad.append(one)
        else:
            n_articles += 1
            frequency.update(_occurrences(one.article, vocabulary, model.settings).keys())
    idf = [math.log((1 + n_articles) / (1 + frequency[term])) + 1 for term in range(len(vocabulary))]
    near, others = _weighed(read(), vocabulary, idf, model, most)
    mixed = _interleaved(_choose(near, model, most), others)[:most]
    answers = model.classify(one.pooled.article for one in mixed)
    queue = [
        QueuedArticle(
            id=one.pooled.id,
            title=one.pooled.article.title,
            text=one.pooled.article.text,
            worth=round(one.weight, 3),
            why=(_why(one.pooled.article, vocabulary, seeds, model.settings),),
            suggested=answer.topics,
        )
        for one, answer in zip(mixed, answers, strict=True)
    ]
    unseen = [seeds.words[term] for number, term in enumerate(vocabulary.terms) if not frequency[number]]
    return SeededQueue(queue, unseen, n_articles, bad)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """An article, and how much it has of the seeds."""

    weight: float
    place: int  # in the archive
    pooled: PooledArticle


def _occurrences(article: Article, vocabulary: Vocabulary, settings: ModelSettings) -> dict[int, int]:
    terms = article_occurrences(vocabulary.read(article.title), vocabulary.read(article.text), settings)
    ids, counts = np.unique(terms, return_counts=True)
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))


def _weighed(
    pool: Iterable[PooledArticle | BadRecord],
    vocabulary: Vocabulary,
    idf: list[float],
    model: TopicModel,
    most: int,
) -> tuple[list[_Weighed], list[PooledArticle]]:
    """Keep the articles that have most of the seeds, and a fair draw of those that have none."""
    best: list[tuple[float, int, _Weighed]] = []
    drawn: list[PooledArticle] = []
    chance, n_others = Random(0), 0
    for place, one in enumerate(pool):
        if isinstance(one, BadRecord):
            continue
        article = one.article
        counts = _occurrences(article, vocabulary, model.settings)
        if counts:
            weight = sum((1 + math.log(count)) * idf[term] for term, count in counts.items())
            # A long article has more of any word; its weight grows with it, its length with the root.
            weight /= math.sqrt(1 + vocabulary.read(article.title).n_words + vocabulary.read(article.text).n_words)
            entry = (weight, -place, _Weighed(weight, place, one))
            if len(best) < most * _CANDIDATES_FOR_ONE:
                heapq.heappush(best, entry)
            else:
                heapq.heappushpop(best, entry)
        else:
            n_others += 1
            slot = len(drawn) if len(drawn) < most else chance.randrange(n_others)
            if slot < most:
                drawn[slot : slot + 1] = [one]
    chance.shuffle(drawn)
    return [entry[2] for entry in sorted(best, reverse=True)], drawn


def _choose(near: list[_Weighed], model: TopicModel, most: int) -> list[_Weighed]:
    """Choose those that are not alike; weights become shares of the largest."""
    if not near:
        return []
    shares = [replace(one, weight=one.weight / near[0].weight) for one in near]
    topics = np.zeros(len(near), dtype=np.int64)
    worth = np.array([[one.weight for one in shares]])
    return [shares[choice.row] for choice in choose([one.pooled.article for one in near], worth, topics, model, most)]


def _interleaved(chosen: list[_Weighed], others: list[PooledArticle]) -> list[_Weighed]:
    mixed = list(chosen)
    for number, one in enumerate(others, start=1):
        mixed.insert(number * ONE_BY_CHANCE_IN - 1, _Weighed(0.0, 0, one))
    return mixed


def _why(article: Article, vocabulary: Vocabulary, seeds: Seeds, settings: ModelSettings) -> str:
    found = [seeds.words[vocabulary.terms[term]] for term in _occurrences(article, vocabulary, settings)]
    return f"has {', '.join(found)}" if found else "drawn by chance: it has none of the seeds"
