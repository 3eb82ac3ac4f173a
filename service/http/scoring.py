"""Where what was posted is classified: short articles together in the event loop, long ones and batches in threads."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import groupby, islice

from starlette.exceptions import HTTPException

from wasim.model import Article, Classification, TopicModel
from wasim.model.errors import ArticleEmptyError
from wasim.service.http.schemas import PredictIn
from wasim.service.http.served_model import ServedModel

_SCORED_IN_THE_LOOP = 20_000  # characters: below a millisecond or two, a thread would cost more than it frees

Observer = Callable[[ServedModel, Sequence[Article], Sequence[Classification]], None]


@dataclass(slots=True)
class _Asked:
    """A request that waits for its answer."""

    served: ServedModel
    posted: Sequence[PredictIn]
    answer: asyncio.Future[list[Classification]]

    def take_from(self, answers: Iterator[Classification]) -> None:
        """Take as many answers as were asked for, in their order."""
        own = list(islice(answers, len(self.posted)))
        if not self.answer.done():  # else whoever asked is gone
            self.answer.set_result(own)

    def refuse(self, error: Exception) -> None:
        """Say what is wrong."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Scorer:
    """Classifies posted articles, so that no short one waits behind a long one.

    Parameters
    ----------
    threads
        Where long work is done; as many as should score at a time.
    observe
        Told of all that was classified, as the model found it: before any wish for other thresholds.
    """

    def __init__(self, threads: Executor, observe: Observer) -> None:
        self._threads, self._observe = threads, observe
        self._waiting: list[_Asked] = []

    async def classify(self, served: ServedModel, posted: Sequence[PredictIn]) -> list[Classification]:
        """Classify articles, each as it wishes to be.

        Raises
        ------
        ArticleError
            When one has no words, or more than the model reads; says which one.
        HTTPException
            422 when one asks about a topic that the model does not know.
        """
        loop = asyncio.get_running_loop()
        length = sum(len(one.title) + len(one.text) for one in posted)
        if length > _SCORED_IN_THE_LOOP or any(one.explain for one in posted):
            return await loop.run_in_executor(self._threads, self.classify_now, served, posted)
        if not self._waiting:
            loop.call_soon(self._classify_waiting)
        asked = _Asked(served, posted, loop.create_future())
        self._waiting.append(asked)
        return await asked.answer

    def classify_now(self, served: ServedModel, posted: Sequence[PredictIn]) -> list[Classification]:
        """Classify in the thread that asks."""
        articles = [one.to_article() for one in posted]
        _require_words(articles)
        _require_known_topics(posted, served.model)
        answers = served.model.classify(articles)
        self._observe(served, articles, answers)
        for row, one in enumerate(posted):
            if one.explain:
                [answers[row]] = served.model.classify([articles[row]], explain=True)
        return [_as_wished(answer, one) for answer, one in zip(answers, posted, strict=True)]

    def _classify_waiting(self) -> None:
        """Classify together what came in one turn of the loop: an article alone takes nearly twice as long."""
        waiting, self._waiting = self._waiting, []
        for _, group in groupby(waiting, key=lambda asked: id(asked.served)):
            self._answer(list(group))

    def _answer(self, group: Sequence[_Asked]) -> None:
        try:
            answers = iter(self.classify_now(group[0].served, [one for asked in group for one in asked.posted]))
        except Exception as error:
            if len(group) == 1:
                group[0].refuse(error)
                return
            for asked in group:  # one is wrong, and not the others
                self._answer([asked])
            return
        for asked in group:
            asked.take_from(answers)


def _as_wished(answer: Classification, posted: PredictIn) -> Classification:
    if posted.topics is None and posted.threshold is None:
        return answer
    return Classification(
        tuple(
            scored if posted.threshold is None else replace(scored, threshold=posted.threshold)
            for scored in answer.scored
            if posted.topics is None or scored.topic in posted.topics
        )
    )


def _require_words(articles: Sequence[Article]) -> None:
    for index, article in enumerate(articles):
        if article.is_empty:
            raise ArticleEmptyError(f"article {index}: title and text are both empty. Send at least one of them.")


def _require_known_topics(posted: Sequence[PredictIn], model: TopicModel) -> None:
    known = [topic.id for topic in model.topics]
    for index, one in enumerate(posted):
        if unknown := set(one.topics or ()).difference(known):
            raise HTTPException(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"article {index}: no topic is called {', '.join(sorted(unknown))}; the model has {', '.join(known)}.",
            )
