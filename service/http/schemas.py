"""What travels over HTTP."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from wasim.model import Article, Classification, ScoredTopic, Span, Term, Topic
from wasim.model.topic_model import TopicModel

_EXAMPLE_TITLE = "حملة تطعيم ضد شلل الأطفال تنطلق في ثلاث محافظات"
_EXAMPLE_TEXT = (
    "بدأت فرق وزارة الصحة، صباح الأحد، إعطاء جرعات اللقاح للأطفال دون سن الخامسة في المراكز الصحية والمدارس."
)
_EXAMPLE_ANSWER: JsonValue = {
    "topics": ["vaccines"],
    "scores": {"cybersecurity": 0.0, "diplomacy": 0.0, "gaza": 0.003, "vaccines": 1.0},
    "thresholds": {"cybersecurity": 0.451, "diplomacy": 0.474, "gaza": 0.44, "vaccines": 0.462},
    "model": "news-0123456789",
    "request_id": "5f0c1d9ab3e84c27",
}


def _whole_unicode(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"half a surrogate pair at character {error.start}: the text was cut or wrongly escaped"
        ) from None
    return text


UnicodeText = Annotated[str, AfterValidator(_whole_unicode)]


class Schema(BaseModel):
    """Base of all bodies: what is not in it is refused, and none is changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ArticleIn(Schema):
    """An article; title or text may be left out, not both."""

    model_config = ConfigDict(json_schema_extra={"example": {"title": _EXAMPLE_TITLE, "text": _EXAMPLE_TEXT}})

    title: UnicodeText = ""
    text: UnicodeText = ""

    def to_article(self) -> Article:
        """Turn into what a model reads."""
        return Article(self.title, self.text)


class PredictIn(ArticleIn):
    """An article, and what is wanted of its answer."""

    explain: Annotated[bool, Field(description="whether to show the words behind each score")] = False
    threshold: Annotated[
        float | None, Field(gt=0, le=1, description="from which probability on to tag, in place of each topic's own")
    ] = None
    topics: Annotated[
        list[str] | None, Field(min_length=1, description="ids of the topics to judge; all when left out")
    ] = None


class SpanOut(Schema):
    """A stretch of the posted title or text; start and end count Unicode code points, end exclusive."""

    field: Literal["title", "text"]
    start: int
    end: int

    @classmethod
    def of(cls, span: Span) -> Self:
        """Copy a span."""
        return cls(field=span.field, start=span.start, end=span.end)


class TermOut(Schema):
    """What one term adds to the score, in log-odds, and where it stands."""

    term: str
    contribution: float
    spans: list[SpanOut]

    @classmethod
    def of(cls, term: Term) -> Self:
        """Copy a term."""
        return cls(term=term.text, contribution=term.contribution, spans=[SpanOut.of(span) for span in term.spans])


class ExplanationOut(Schema):
    """Why a topic got its score: bias plus all contributions is the score, exactly."""

    score: float
    bias: float
    terms: list[TermOut]
    passage: Annotated[SpanOut | None, Field(description="the passage that speaks most for the topic")] = None

    @classmethod
    def of(cls, scored: ScoredTopic) -> Self:
        """Copy what explains one topic's score."""
        return cls(
            score=scored.score,
            bias=scored.bias,
            passage=SpanOut.of(scored.passage) if scored.passage else None,
            terms=[TermOut.of(term) for term in scored.terms],
        )


class PredictionOut(Schema):
    """The topics of one article."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE_ANSWER})

    topics: Annotated[list[str], Field(description="ids of the article's topics; may be empty")]
    scores: Annotated[dict[str, float], Field(description="calibrated probability of every topic")]
    thresholds: Annotated[dict[str, float], Field(description="from which probability on a topic is tagged")]
    model: Annotated[str, Field(description="the name of the model that answered")]
    request_id: Annotated[str | None, Field(description="what the log calls the request; X-Request-ID too")] = None
    explanation: dict[str, ExplanationOut] | None = None

    @classmethod
    def of(
        cls, answer: Classification, model: TopicModel, *, explain: bool = False, request_id: str | None = None
    ) -> Self:
        """Copy a classification."""
        return cls(
            topics=list(answer.topics),
            scores=answer.probabilities,
            thresholds={scored.topic: scored.threshold for scored in answer.scored},
            model=model.name,
            request_id=request_id,
            explanation={one.topic: ExplanationOut.of(one) for one in answer.scored} if explain else None,
        )


class TopicOut(Schema):
    """A topic that the model can tag."""

    id: str
    name_ar: str
    name_en: str
    description_ar: str
    description_en: str
    threshold: float

    @classmethod
    def of(cls, topic: Topic, threshold: float) -> Self:
        """Copy a topic."""
        return cls(
            id=topic.id,
            name_ar=topic.name_ar,
            name_en=topic.name_en,
            description_ar=topic.description_ar,
            description_en=topic.description_en,
            threshold=threshold,
        )


class HealthOut(Schema):
    """Whether the service is well."""

    status: Literal["alive", "ready"]
    model: Annotated[str | None, Field(description="the name of the model that answers")] = None
    store: Annotated[
        Literal["ok", "unreachable"] | None, Field(description="whether keys and corrections can be read and kept")
    ] = None
    reload_failure: Annotated[
        str | None, Field(description="why the model that should answer does not, and this one still does")
    ] = None


class ModelSummaryOut(Schema):
    """A trained model, in short."""

    name: str
    topics: Annotated[list[str], Field(description="ids of its topics")]
    n_articles: Annotated[int, Field(description="articles that it was fitted on")]
    macro_f1: Annotated[float, Field(description="cross-validated on its own corpus")]
    metrics: dict[str, Any]


class ModelsOut(Schema):
    """The trained models."""

    current: Annotated[str | None, Field(description="the model that should answer")]
    served: Annotated[str, Field(description="the model that does answer")]
    models: list[ModelSummaryOut]


class ReloadOut(Schema):
    """Which model answers from now on."""

    model: str
    before: Annotated[str, Field(description="the model that answered until now; may be the same")]


class ProblemOut(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    request_id: Annotated[str | None, Field(description="what the log calls the request")] = None
