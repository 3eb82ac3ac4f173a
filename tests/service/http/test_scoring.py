"""Articles that come at once are scored together, and each request has its own answer."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException

from wasim.model import Article, Classification
from wasim.model.errors import ArticleEmptyError
from wasim.model.registry import artifact_path
from wasim.service.http.schemas import PredictIn
from wasim.service.http.scoring import Scorer
from wasim.service.http.served_model import ServedModel

TEXTS = ["جرعات اللقاح تصل إلى المدارس", "قصف على غزة", "السفير يلتقي وزير الخارجية", "السوق مفتوح"]


@pytest.fixture(scope="module")
def served(root: Path) -> ServedModel:
    return ServedModel.load(artifact_path(root / "artifacts"))


def ask_at_once(
    served: Sequence[ServedModel], posted: Sequence[Sequence[PredictIn]]
) -> tuple[list[list[Classification] | BaseException], list[int]]:
    """Ask for each list in a request of its own; returns the answers, and how many articles were scored at a time."""
    sizes: list[int] = []

    def observe(_: ServedModel, articles: Sequence[Article], __: Sequence[Classification]) -> None:
        sizes.append(len(articles))

    async def ask() -> list[list[Classification] | BaseException]:
        with ThreadPoolExecutor(1) as threads:
            scorer = Scorer(threads, observe)
            requests = (scorer.classify(model, one) for model, one in zip(served, posted, strict=True))
            return await asyncio.gather(*requests, return_exceptions=True)

    with ThreadPoolExecutor(1) as elsewhere:  # a browser's tests leave a loop running in this thread
        return elsewhere.submit(asyncio.run, ask()).result(), sizes


def test_requests_of_one_turn_are_scored_together_and_answered_each(served: ServedModel) -> None:
    posted = [[PredictIn(text=text)] for text in TEXTS] + [[PredictIn(text=text) for text in TEXTS]]
    answers, sizes = ask_at_once([served] * len(posted), posted)
    assert sizes == [2 * len(TEXTS)]
    alone = [served.model.classify([Article(text=text)])[0] for text in TEXTS]
    assert answers == [[answer] for answer in alone] + [alone]


def test_a_wrong_request_fails_no_other_of_its_turn(served: ServedModel) -> None:
    posted = [[PredictIn(text=TEXTS[0])], [PredictIn(text=" ")], [PredictIn(text=TEXTS[1], topics=["climate"])]]
    [right, empty, unknown], _ = ask_at_once([served] * 3, posted)
    assert right == served.model.classify([Article(text=TEXTS[0])])
    assert isinstance(empty, ArticleEmptyError)
    assert "article 0" in str(empty)
    assert isinstance(unknown, HTTPException)
    assert unknown.status_code == 422


def test_requests_on_both_sides_of_a_reload_keep_their_model(served: ServedModel, root: Path) -> None:
    other = ServedModel.load(artifact_path(root / "artifacts"))
    answers, sizes = ask_at_once([served, other], [[PredictIn(text=TEXTS[0])]] * 2)
    assert sizes == [1, 1]
    assert answers[0] == answers[1]
