"""The routes that this service is for: articles in, topics out."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Body, Depends, FastAPI, HTTPException, Request
from pydantic import FailFast
from starlette.responses import Response

from wasim.service.http.access import Needs, Scope
from wasim.service.http.bodies import LINES, media_type
from wasim.service.http.direct import DirectRoute
from wasim.service.http.lines import answer_lines
from wasim.service.http.schemas import PredictIn, PredictionOut
from wasim.service.http.state import request_id_of, service_of

# An article that is wrong is enough to refuse a batch; 100,000 complaints would cost more than the batch.
Batch = Annotated[list[PredictIn], Body(min_length=1), FailFast()]


async def predict(request: Request, posted: PredictIn) -> PredictionOut:
    """Tag one article."""
    [answer] = await _answers(request, [posted])
    return answer


async def predict_batch(request: Request, posted: Batch) -> list[PredictionOut]:
    """Tag a list of articles; answers come in its order.

    Sent as `application/x-ndjson`, one article a line, the batch has no end: answers stream back while
    articles stream in, one line for each, and a line that is wrong gets a problem document as its answer.
    """
    most = service_of(request).settings.max_batch
    if len(posted) > most:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"{len(posted)} articles; a batch has up to {most}. Send it in parts, or as {LINES}.",
        )
    return await _answers(request, posted)


class BatchRoute(DirectRoute):
    """Takes a list whole, or lines as they come."""

    async def answer(self, request: Request) -> Response:
        """Answer either."""
        if media_type(request.scope) != LINES:
            return await super().answer(request)
        self._needs.admit(request)
        return answer_lines(request)


def install(app: FastAPI) -> None:
    """Add the routes to the app, ahead of those that are asked less often."""
    # No schema: it is for whole documents, and any line may be wrong without making the request so.
    lines = {"schema": {"description": "one PredictIn a line"}}
    answered_lines = {"schema": {"description": "one PredictionOut or ProblemOut a line"}}
    for path, endpoint, route, more in (
        ("/v1/predict", predict, DirectRoute, {}),
        (
            "/v1/predict/batch",
            predict_batch,
            BatchRoute,
            {
                "requestBody": {"content": {LINES: lines}},
                "responses": {"200": {"content": {LINES: answered_lines}}},
            },
        ),
    ):
        app.router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            route_class_override=route,
            dependencies=[Depends(Needs(Scope.PREDICT))],
            openapi_extra=more,
        )


async def _answers(request: Request, posted: list[PredictIn]) -> list[PredictionOut]:
    service, request_id = service_of(request), request_id_of(request.scope)
    served = service.slot.served  # taken once: an answer never mixes two models
    service.rates.take(request.scope["state"]["bucket"], len(posted) - 1)  # one was taken at the door
    answers = await service.scorer.classify(served, posted)
    return [
        PredictionOut.of(answer, served.model, explain=one.explain, request_id=request_id)
        for answer, one in zip(answers, posted, strict=True)
    ]
