"""How corrections travel over HTTP."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field

from wasim.service.http.schemas import ArticleIn, Schema, UnicodeText
from wasim.service.store.records import FeedbackRecord, Order, PageRequest, State

_MOST_TOPICS = 100


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError(f"a NUL character at {text.index(chr(0))}, which no text has: remove it")
    return text


_Text = Annotated[UnicodeText, AfterValidator(_without_nul)]
_TopicIds = Annotated[
    list[UnicodeText], Field(max_length=_MOST_TOPICS, description="ids of the article's topics; may be none")
]


class FeedbackIn(ArticleIn):
    """An article, and the topics that it should have."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "title": "افتتاح معرض للكتاب في العاصمة",
                "text": "يشارك في المعرض نحو ثلاثمئة ناشر، وتقام على هامشه ندوات عن الترجمة والنشر.",
                "topics": [],
                "by": "desk",
                "note": "ثقافة",
            }
        }
    )

    title: _Text = ""
    text: _Text = ""
    topics: _TopicIds
    by: Annotated[_Text, Field(max_length=200, description="who corrects, for people to read")] = ""
    note: Annotated[_Text, Field(max_length=2000, description="why, for people to read")] = ""


class PageIn(Schema):
    """Which corrections to list."""

    state: Annotated[State | None, Field(description="only these; all when left out")] = None
    order: Annotated[
        Order,
        Field(description="uncertain: closest to a threshold; disagreeing: the model was surest of what was wrong"),
    ] = Order.NEWEST
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[UnicodeText | None, Field(description="the next of the page before")] = None

    def to_request(self) -> PageRequest:
        """Turn into what the store reads."""
        return PageRequest(self.state, self.order, self.limit, self.after)


class ReviewIn(Schema):
    """What a reviewer decides; without topics those of the correction hold."""

    model_config = ConfigDict(json_schema_extra={"example": {"accepted": True}})

    accepted: Annotated[bool, Field(strict=True)]
    topics: _TopicIds | None = None


class FeedbackOut(Schema):
    """A correction as it was kept."""

    id: str
    state: State
    received: datetime
    predicted: Annotated[list[str], Field(description="the topics that the model gave")]
    scores: Annotated[dict[str, float], Field(description="calibrated probability of every topic")]
    topics: Annotated[list[str], Field(description="the topics as corrected, or as reviewed")]
    model: str

    @classmethod
    def of(cls, record: FeedbackRecord) -> Self:
        """Copy a record."""
        return cls(
            id=record.id,
            state=record.state,
            received=record.received,
            predicted=list(record.predicted),
            scores=record.scores,
            topics=list(record.topics),
            model=record.model,
        )


class FullFeedbackOut(FeedbackOut):
    """A correction with its article and who sent it, for reviewers."""

    title: str
    text: str
    by: str
    note: str
    caller: Annotated[str, Field(description="id of the sender's API key; empty if none was asked for")]

    @classmethod
    def of(cls, record: FeedbackRecord) -> Self:
        """Copy a record."""
        return cls(
            **dict(FeedbackOut.of(record)),
            title=record.article.title,
            text=record.article.text,
            by=record.by,
            note=record.note,
            caller=record.caller,
        )


class FeedbackPageOut(Schema):
    """Some corrections."""

    items: list[FullFeedbackOut]
    next: Annotated[str | None, Field(description="send it as after to get the next page; null at the end")]
