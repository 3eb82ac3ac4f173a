import tomllib

from wasim.training.corpus import Corpus, LabelledArticle
from wasim.training.coverage import coverage_toml


def row(number: int, **changes: object) -> LabelledArticle:
    return LabelledArticle.model_validate({"id": str(number), "title": "", "text": "", "topics": []} | changes)


def test_every_article_stands_in_one_cell_with_its_subject() -> None:
    labelled = (
        row(1, topics=["b", "a"], desk="gulf", year=2015, note='a "quoted" subject'),
        row(2, mentions=["a"], desk="gulf", year=2024, note="x"),
        row(3, mentions=["a"], desk="gulf", year=2023, note="w"),
        row(4),
    )
    cells = tomllib.loads(coverage_toml(Corpus((), labelled)))["cell"]
    assert sum(cell["count"] for cell in cells) == len(labelled)
    assert {
        "labels": "a + b",
        "desk": "gulf",
        "period": "2013-2016",
        "count": 1,
        "subjects": ['a "quoted" subject'],
    } in cells
    assert {"labels": "mentions a", "desk": "gulf", "period": "2023-2026", "count": 2, "subjects": ["w", "x"]} in cells
    assert {"labels": "none", "desk": "", "period": "not said", "count": 1, "subjects": [""]} in cells
