"""Looking a corpus over: everything that is wrong with it, each with file and line."""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from wasim.model.article import Article
from wasim.model.characters import tokenise
from wasim.model.errors import CorpusError, CorpusUnreadableError
from wasim.training.corpus import LabelledArticle, article_files, numbered_lines, parse_line, read_corpus
from wasim.training.near_duplicates import NearDuplicates

FEWEST_WORDS = 4
_MOST_DAMAGED_LETTERS = 0.2
_DAMAGED = frozenset(map(chr, (*range(0xC0, 0x100), 0xFFFD)))  # what windows-1256 looks like when read as Latin-1


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at one place of a corpus."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


def check_corpus(paths: Sequence[Path], real_articles: Sequence[Path] = ()) -> list[Finding]:
    """Find all that is wrong with corpora.

    Parameters
    ----------
    paths
        As :func:`wasim.training.corpus.read_corpus` takes them.
    real_articles
        JSON Lines (.gz too) of published articles, which no corpus article may come near.
    """
    findings: list[Finding] = []
    placed: list[tuple[str, LabelledArticle]] = []
    for file in article_files(paths):
        for place, line in numbered_lines(file):
            try:
                placed.append((place, parse_line(place, line)))
            except CorpusUnreadableError as error:
                findings.append(Finding(place, str(error).removeprefix(f"{place}: ")))
    if not findings:
        try:
            read_corpus(paths)
        except CorpusError as error:
            findings.append(Finding("corpus", str(error)))
    for place, labelled in placed:
        findings.extend(Finding(place, problem) for problem in _problems_of_one(labelled))
    findings.extend(_near_duplicates(placed, real_articles))
    return findings


def _problems_of_one(labelled: LabelledArticle) -> Iterator[str]:
    words = tokenise(f"{labelled.title} {labelled.text}")
    if len(words) < FEWEST_WORDS:
        yield f"only {len(words)} words; nothing can be learned from it. Remove it or write more."
    letters = [
        character for character in labelled.title + labelled.text if character.isalpha() or character == "\ufffd"
    ]
    damaged = sum(letter in _DAMAGED for letter in letters)
    if damaged > _MOST_DAMAGED_LETTERS * len(letters):
        yield "the text looks like windows-1256 read as another encoding. Convert the file to UTF-8 anew."
    if both := set(labelled.topics) & set(labelled.mentions):
        yield f"{', '.join(sorted(both))} stands in topics and in mentions. Decide which."


def _near_duplicates(placed: Sequence[tuple[str, LabelledArticle]], real_articles: Sequence[Path]) -> Iterator[Finding]:
    remembered = NearDuplicates()
    for place, labelled in placed:
        for match in remembered.matches(labelled.article):
            yield Finding(
                place,
                f"shares {match.similarity:.0%} of its five-word runs with {placed[match.number][0]}. Remove one.",
            )
        remembered.add(labelled.article)
    for file in real_articles:
        for line_number, article in _published(file):
            for match in remembered.matches(article):
                yield Finding(
                    placed[match.number][0],
                    f"shares {match.similarity:.0%} of its five-word runs with {file}:{line_number}. Write it anew.",
                )


def _published(file: Path) -> Iterator[tuple[int, Article]]:
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            row = orjson.loads(line)
            yield number, Article(row.get("title") or "", row.get("text") or "")
