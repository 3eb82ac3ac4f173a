"""Corrections in the database: added, reviewed, withdrawn, listed; never changed and never erased."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from wasim.model import Article
from wasim.model.errors import FeedbackConflictError, FeedbackMissingError
from wasim.service.store.cursor import Cursor
from wasim.service.store.database import Database
from wasim.service.store.records import (
    Correction,
    FeedbackPage,
    FeedbackRecord,
    Order,
    PageRequest,
    Prediction,
    Receipt,
    Review,
    State,
)
from wasim.service.store.schema import feedback, reviews, withdrawals

_ID = re.compile(r"[0-9a-f]{16}")

_others = reviews.alias("others")
_latest_review = (
    select(func.max(_others.c.number)).where(_others.c.feedback_number == feedback.c.number).scalar_subquery()
)
_state: ColumnElement[str] = case(
    (withdrawals.c.feedback_number.is_not(None), State.WITHDRAWN),
    (reviews.c.accepted.is_(True), State.ACCEPTED),
    (reviews.c.accepted.is_(False), State.REJECTED),
    else_=State.OPEN,
)
_RECORDS = (
    select(feedback, reviews.c.topics.label("reviewed_topics"), _state.label("state"))
    .select_from(feedback)
    .outerjoin(reviews, reviews.c.number == _latest_review)
    .outerjoin(withdrawals, withdrawals.c.feedback_number == feedback.c.number)
)
_VALUE: dict[Order, ColumnElement[float] | ColumnElement[int]] = {
    Order.NEWEST: feedback.c.number,
    Order.UNCERTAIN: feedback.c.uncertainty,
    Order.DISAGREEING: feedback.c.disagreement,
}


@dataclass(frozen=True, slots=True)
class FeedbackStore:
    """The corrections in a database."""

    database: Database

    def add(self, correction: Correction, prediction: Prediction) -> Receipt:
        """Keep a correction; it is on the disk when this returns.

        Raises
        ------
        FeedbackConflictError
            When the caller sent another correction with this idempotency key.
        StoreUnavailableError
            When it may not have been kept; with an idempotency key it can be sent again safely.
        """
        feedback_id = secrets.token_hex(8)
        try:
            with self.database.writing() as connection:
                connection.execute(insert(feedback).values(_row(feedback_id, correction, prediction)))
        except IntegrityError:  # the one rule that a new row can break is that of the idempotency key
            return Receipt(self._sent_before(correction), is_new=False)
        return Receipt(self.find(feedback_id), is_new=True)

    def find(self, feedback_id: str, sent_by: str | None = None) -> FeedbackRecord:
        """Return a correction by its id; with ``sent_by``, only one that this caller sent.

        Raises
        ------
        FeedbackMissingError
            When there is none.
        """
        return _record(self._find(feedback_id, sent_by))

    def withdraw(self, feedback_id: str, caller: str, sent_by: str | None = None) -> FeedbackRecord:
        """Take a correction back for good; doing so again changes nothing.

        Parameters
        ----------
        feedback_id, sent_by
            As for :meth:`find`.
        caller
            Who withdraws.
        """
        number = self._find(feedback_id, sent_by).number
        row = {"feedback_number": number, "received": datetime.now(UTC), "caller": caller}
        try:
            with self.database.writing() as connection:
                connection.execute(insert(withdrawals).values(row))
        except IntegrityError:
            pass  # it is withdrawn already
        return self.find(feedback_id)

    def review(self, feedback_id: str, review: Review) -> FeedbackRecord:
        """Accept or reject a correction; the latest review holds.

        Raises
        ------
        FeedbackConflictError
            When its sender has withdrawn it.
        """
        found = self._find(feedback_id)
        if found.state == State.WITHDRAWN:
            raise FeedbackConflictError(f"correction {feedback_id} was withdrawn, so there is nothing to review.")
        row = {
            "feedback_number": found.number,
            "received": datetime.now(UTC),
            "caller": review.caller,
            "accepted": review.accepted,
            "topics": _record(found).topics if review.topics is None else review.topics,
        }
        with self.database.writing() as connection:
            connection.execute(insert(reviews).values(row))
        return self.find(feedback_id)

    def page(self, wanted: PageRequest) -> FeedbackPage:
        """List corrections, a page at a time.

        Raises
        ------
        FeedbackInvalidError
            When the cursor is none of this order.
        """
        value, number = _VALUE[wanted.order], feedback.c.number
        query: Select[Any] = _RECORDS.add_columns(value.label("value"))
        if wanted.state is not None:
            query = query.where(_state == wanted.state)
        if wanted.after is not None:
            last = Cursor.decode(wanted.after, wanted.order)
            query = query.where(or_(value < last.value, and_(value == last.value, number < last.number)))
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(value.desc(), number.desc()).limit(wanted.limit + 1)).all()
        shown = rows[: wanted.limit]
        more = len(rows) > wanted.limit
        cursor = Cursor(wanted.order, float(shown[-1].value), shown[-1].number).encode() if more else None
        return FeedbackPage(tuple(map(_record, shown)), cursor)

    def accepted(self) -> Iterator[FeedbackRecord]:
        """Yield the accepted corrections, the oldest first."""
        query = _RECORDS.where(_state == State.ACCEPTED).order_by(feedback.c.number)
        with self.database.reading() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                yield _record(row)

    def _find(self, feedback_id: str, sent_by: str | None = None) -> Row[Any]:
        if _ID.fullmatch(feedback_id):
            query = _RECORDS.where(feedback.c.id == feedback_id)
            with self.database.reading() as connection:
                row = connection.execute(query).one_or_none()
            if row is not None and sent_by in (None, row.caller):
                return row
        raise FeedbackMissingError(f"there is no correction {feedback_id[:32]!r}, or another key sent it.")

    def _sent_before(self, correction: Correction) -> FeedbackRecord:
        query = _RECORDS.where(
            feedback.c.caller == correction.caller, feedback.c.idempotency_key == correction.idempotency_key
        )
        with self.database.reading() as connection:
            row = connection.execute(query).one()
        if row.body_digest != correction.digest:
            raise FeedbackConflictError(
                f"Idempotency-Key {correction.idempotency_key!r} came with another correction before. "
                "Use a new key for each."
            )
        return _record(row)


def _row(feedback_id: str, correction: Correction, prediction: Prediction) -> dict[str, Any]:
    return {
        "id": feedback_id,
        "received": datetime.now(UTC),
        "caller": correction.caller,
        "idempotency_key": correction.idempotency_key,
        "body_digest": correction.digest,
        "title": correction.article.title,
        "text": correction.article.text,
        "topics": correction.topics,
        "predicted": prediction.answer.topics,
        "scores": prediction.answer.probabilities,
        "model": prediction.model,
        "by": correction.by,
        "note": correction.note,
        "uncertainty": prediction.uncertainty,
        "disagreement": prediction.disagreement(correction.topics),
    }


def _record(row: Row[Any]) -> FeedbackRecord:
    return FeedbackRecord(
        id=row.id,
        state=State(row.state),
        received=row.received,
        article=Article(row.title, row.text),
        topics=tuple(row.topics if row.reviewed_topics is None else row.reviewed_topics),
        predicted=tuple(row.predicted),
        scores=row.scores,
        model=row.model,
        by=row.by,
        note=row.note,
        caller=row.caller,
    )
