"""The coverage map of a corpus: which subjects were written for which labels, desk and period."""

from collections import defaultdict

from wasim.training.corpus import Corpus, LabelledArticle

PERIODS = ((2008, 2012), (2013, 2016), (2017, 2019), (2020, 2022), (2023, 2026))
HEADER = "# Written by: wasim corpus stats --write. What is there, and so what is missing.\n"


def coverage_toml(corpus: Corpus) -> str:
    """Lay the map out as TOML: a ``[[cell]]`` for each labels x desk x period, with count and subjects."""
    cells: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for labelled in corpus.labelled:
        cells[labels_of(labelled), labelled.desk, period_of(labelled)].append(labelled.note)
    blocks = [HEADER]
    for (labels, desk, period), notes in sorted(cells.items()):
        subjects = "\n".join(f"  {_quoted(note)}," for note in sorted(notes))
        blocks.append(
            f"[[cell]]\nlabels = {_quoted(labels)}\ndesk = {_quoted(desk)}\nperiod = {_quoted(period)}\n"
            f"count = {len(notes)}\nsubjects = [\n{subjects}\n]\n"
        )
    return "\n".join(blocks)


def labels_of(labelled: LabelledArticle) -> str:
    """Name an article's combination of topics, or what it only mentions, or that it has neither."""
    if labelled.topics:
        return " + ".join(sorted(labelled.topics))
    return " + ".join(f"mentions {topic}" for topic in sorted(labelled.mentions)) or "none"


def period_of(labelled: LabelledArticle) -> str:
    """Name the period that an article is set in."""
    for first, last in PERIODS:
        if labelled.known_year is not None and first <= labelled.known_year <= last:
            return f"{first}-{last}"
    return "not said"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
