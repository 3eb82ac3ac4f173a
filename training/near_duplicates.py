"""Articles that are nearly equal: found by the runs of words that they share."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from wasim.model.article import Article
from wasim.model.characters import tokenise

SHINGLE_WORDS = 5
MOST_SIMILAR = 0.2


@dataclass(frozen=True, slots=True)
class Match:
    """An article that was added before, by its number, and the share of runs that are common to both."""

    number: int
    similarity: float


class NearDuplicates:
    """Remembers articles, and finds those that share more than a fifth of their five-word runs with another one.

    Exact: the shared runs are counted, not estimated. At so low a similarity a sketch such as MinHash would miss
    some pairs and invent others; it is meant for the thousands of articles of a corpus, not for an archive.
    """

    def __init__(self) -> None:
        self._owners: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        self._sizes: list[int] = []

    def add(self, article: Article) -> int:
        """Remember an article, and return its number, counted from 0."""
        runs = shingles(article)
        for run in runs:
            self._owners[run].append(len(self._sizes))
        self._sizes.append(len(runs))
        return len(self._sizes) - 1

    def matches(self, article: Article) -> Iterator[Match]:
        """Find the remembered articles that come near to one."""
        runs = shingles(article)
        shared = Counter(number for run in runs if run in self._owners for number in self._owners[run])
        for number, count in shared.items():
            similarity = count / (len(runs) + self._sizes[number] - count)
            if similarity > MOST_SIMILAR:
                yield Match(number, similarity)


def shingles(article: Article) -> frozenset[tuple[str, ...]]:
    """Cut an article into its runs of five words; a shorter one is a single run."""
    words = tokenise(f"{article.title} {article.text}")
    n_runs = max(len(words) - SHINGLE_WORDS + 1, 1)
    return frozenset(tuple(words[start : start + SHINGLE_WORDS]) for start in range(n_runs))
