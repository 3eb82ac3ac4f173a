"""The HTTP service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

from wasim.model import Article, TopicModel
from wasim.model.artifact import GoldenArticle, golden_articles, load, read_manifest
from wasim.model.errors import ArticleEmptyError, ArtifactCorruptError
from wasim.model.registry import artifact_path
from wasim.service import errors, page
from wasim.service.http import feedback
from wasim.service.http.access import Access, Needs, Scope
from wasim.service.http.limits import BodyLimit
from wasim.service.http.schemas import ArticleIn, HealthOut, PredictIn, PredictionOut, ProblemOut, TopicOut
from wasim.service.settings import ServiceSettings
from wasim.service.store.store import open_store

_SCORED_IN_THE_LOOP = 20_000  # characters: below a millisecond or two, a thread would cost more than it frees
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "model": ProblemOut,
        "content": {errors.PROBLEM_TYPE: {}},
        "description": HTTPStatus(status).phrase,
    }
    for status in (400, 401, 403, 413, 422, 503)
}


class LoadedModel:
    """The model that answers, with what its artifact says of it."""

    def __init__(self, settings: ServiceSettings) -> None:
        artifact = artifact_path(settings.artifacts)
        self.model: TopicModel = load(artifact)
        self.manifest: dict[str, Any] = read_manifest(artifact)
        self._golden: list[GoldenArticle] = golden_articles(artifact)

    def require_golden_answers(self) -> None:
        """Raise ArtifactCorruptError unless the model gets its golden articles right."""
        answers = self.model.classify(golden.article for golden in self._golden)
        for golden, answer in zip(self._golden, answers, strict=True):
            if answer.topics != golden.topics:
                raise ArtifactCorruptError(
                    f"{self.model.name} tags its golden article {golden.article.title!r} with {answer.topics}, "
                    f"not {golden.topics}. Restore the artifact or train again."
                )


def create_app(settings: ServiceSettings) -> FastAPI:
    """Make the service; the model is loaded when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.loaded = LoadedModel(settings)
        app.state.loaded.model.warm_up()  # so that no request waits for a compilation
        app.state.loaded.require_golden_answers()
        with open_store(settings.database_url) as store:
            app.state.store = store
            app.state.access = Access(settings, store.ring)
            yield

    app = FastAPI(
        title="wasim",
        summary="Topics for Arabic news articles, with the words that earned them.",
        version="1",
        lifespan=lifespan,
        responses=_PROBLEMS,
    )
    app.state.settings = settings
    app.add_middleware(BodyLimit, most=settings.max_body_bytes)
    errors.install(app)
    app.include_router(_router)
    app.include_router(feedback.router)
    page.install(app)
    return app


_router = APIRouter()


def _loaded(request: Request) -> LoadedModel:
    loaded: LoadedModel = request.app.state.loaded
    return loaded


Loaded = Annotated[LoadedModel, Depends(_loaded)]
_PREDICT = [Depends(Needs(Scope.PREDICT))]


@_router.post("/v1/predict", dependencies=_PREDICT, response_model_exclude_none=True)
async def predict(posted: PredictIn, loaded: Loaded) -> PredictionOut:
    """Tag one article."""
    [answer] = await _classify(loaded.model, [posted], explain=posted.explain)
    return answer


@_router.post("/v1/predict/batch", dependencies=_PREDICT, response_model_exclude_none=True)
async def predict_batch(
    posted: Annotated[list[ArticleIn], Body(min_length=1)], loaded: Loaded, request: Request
) -> list[PredictionOut]:
    """Tag a list of articles; answers come in its order."""
    most = request.app.state.settings.max_batch
    if len(posted) > most:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"{len(posted)} articles; a batch has up to {most}. Send it in parts.",
        )
    return await _classify(loaded.model, posted)


@_router.get("/v1/topics", dependencies=_PREDICT)
async def topics(loaded: Loaded) -> list[TopicOut]:
    """List the topics that the model can tag."""
    thresholds = loaded.model.calibration.thresholds.tolist()
    return [TopicOut.of(topic, threshold) for topic, threshold in zip(loaded.model.topics, thresholds, strict=True)]


@_router.get("/v1/model", dependencies=_PREDICT)
async def model(loaded: Loaded) -> dict[str, Any]:
    """Say which model answers, where it comes from and how good it was found to be."""
    return {key: value for key, value in loaded.manifest.items() if key != "golden"}


@_router.get("/healthz", response_model_exclude_none=True)
async def healthz() -> HealthOut:
    """Say that the process is alive."""
    return HealthOut(status="alive")


@_router.get("/readyz")
async def readyz(loaded: Loaded, request: Request) -> HealthOut:
    """Say whether a model is loaded and answers its golden articles; 503 if not.

    Predictions need no store, so one that does not answer is told here and does not make the service unready.
    """
    loaded.require_golden_answers()
    store_answers = request.app.state.store.ring.store_failure is None
    return HealthOut(status="ready", model=loaded.model.name, store="ok" if store_answers else "unreachable")


async def _classify(
    topic_model: TopicModel, posted: list[ArticleIn] | list[PredictIn], *, explain: bool = False
) -> list[PredictionOut]:
    articles = [article.to_article() for article in posted]
    _require_words(articles)
    length = sum(len(article.title) + len(article.text) for article in articles)
    if length <= _SCORED_IN_THE_LOOP and not explain:
        answers = topic_model.classify(articles)
    else:
        answers = await run_in_threadpool(topic_model.classify, articles, explain=explain)
    return [PredictionOut.of(answer, topic_model, explain=explain) for answer in answers]


def _require_words(articles: list[Article]) -> None:
    for index, article in enumerate(articles):
        if article.is_empty:
            raise ArticleEmptyError(f"article {index}: title and text are both empty. Send at least one of them.")
