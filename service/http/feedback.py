"""The routes by which people correct the model, and reviewers decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from wasim.model import TopicModel
from wasim.model.errors import ArticleEmptyError, FeedbackInvalidError
from wasim.service.errors import PROBLEM_TYPE
from wasim.service.http.access import Caller, Needs, Scope
from wasim.service.http.feedback_schemas import (
    FeedbackIn,
    FeedbackOut,
    FeedbackPageOut,
    FullFeedbackOut,
    PageIn,
    ReviewIn,
)
from wasim.service.http.schemas import ProblemOut
from wasim.service.http.state import service_of
from wasim.service.store.feedback import FeedbackStore
from wasim.service.store.records import Correction, Prediction, Receipt, Review

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut, "content": {PROBLEM_TYPE: {}}, "description": HTTPStatus(status).phrase}
    for status in (404, 409)
}

router = APIRouter(prefix="/v1/feedback", tags=["feedback"], responses=_PROBLEMS)

Sender = Annotated[Caller, Depends(Needs(Scope.FEEDBACK))]
Reviewer = Annotated[Caller, Depends(Needs(Scope.ADMIN))]
IdempotencyKey = Annotated[
    str | None,
    Header(pattern=r"^[\x21-\x7e]{1,128}$", description="your own name for this correction: sent again, kept once"),
]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where corrections are taken in: the model that they are about, and the store that keeps them."""

    model: TopicModel
    feedback: FeedbackStore

    @classmethod
    def of(cls, request: Request) -> Self:
        """Find the running service's."""
        return cls(service_of(request).slot.served.model, request.app.state.store.feedback)

    def take(self, correction: Correction) -> Receipt:
        """Keep a correction beside what the model says of the same article."""
        [answer] = self.model.classify([correction.article])
        return self.feedback.add(correction, Prediction(self.model.name, answer))

    def known(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Return topics once each, in the model's order; raises FeedbackInvalidError for a topic it does not know."""
        chosen, known = set(wanted), [topic.id for topic in self.model.topics]
        unknown = sorted(chosen - set(known))
        if unknown:
            raise FeedbackInvalidError(
                f"{', '.join(map(repr, unknown))}: no such topic. {self.model.name} knows {', '.join(known)}."
            )
        return tuple(topic for topic in known if topic in chosen)


TheDesk = Annotated[Desk, Depends(Desk.of)]


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses={200: {"model": FeedbackOut, "description": "It was kept before, under the same Idempotency-Key"}},
)
async def correct(
    posted: FeedbackIn, sender: Sender, desk: TheDesk, response: Response, idempotency_key: IdempotencyKey = None
) -> FeedbackOut:
    """Say which topics an article should have; what the model says of it is kept beside."""
    article = posted.to_article()
    if article.is_empty:
        raise ArticleEmptyError("title and text are both empty. Send at least one of them.")
    topics = desk.known(posted.topics)
    correction = Correction(article, topics, posted.by, posted.note, sender.key_id, idempotency_key)
    receipt = await run_in_threadpool(desk.take, correction)
    if not receipt.is_new:
        response.status_code = HTTPStatus.OK
    return FeedbackOut.of(receipt.record)


@router.delete("/{feedback_id}")
async def withdraw(feedback_id: str, sender: Sender, desk: TheDesk) -> FeedbackOut:
    """Take a correction back; it stays in the record as withdrawn. An admin's key may withdraw anybody's."""
    sent_by = None if Scope.ADMIN in sender.scopes else sender.key_id
    return FeedbackOut.of(await run_in_threadpool(desk.feedback.withdraw, feedback_id, sender.key_id, sent_by))


@router.get("", dependencies=[Depends(Needs(Scope.ADMIN))])
async def corrections(desk: TheDesk, wanted: Annotated[PageIn, Query()]) -> FeedbackPageOut:
    """List corrections, with their articles."""
    page = await run_in_threadpool(desk.feedback.page, wanted.to_request())
    return FeedbackPageOut(items=[FullFeedbackOut.of(record) for record in page.items], next=page.next)


@router.post("/{feedback_id}/review")
async def review(feedback_id: str, posted: ReviewIn, reviewer: Reviewer, desk: TheDesk) -> FullFeedbackOut:
    """Accept a correction for the next training, or reject it; the latest review holds."""
    topics = None if posted.topics is None else desk.known(posted.topics)
    decided = Review(posted.accepted, topics, reviewer.key_id)
    return FullFeedbackOut.of(await run_in_threadpool(desk.feedback.review, feedback_id, decided))
