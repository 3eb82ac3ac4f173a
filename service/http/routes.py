"""The routes beside predictions: what the model is, whether the service is well, and an administrator's."""

from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from prometheus_client import CONTENT_TYPE_LATEST

from wasim.model.artifact import read_manifest
from wasim.model.errors import ArtifactError
from wasim.model.registry import Registry
from wasim.service import errors
from wasim.service.http.access import Needs, Scope
from wasim.service.http.bodies import JSON
from wasim.service.http.drift import DriftOut
from wasim.service.http.schemas import HealthOut, ModelsOut, ModelSummaryOut, ProblemOut, ReloadOut, TopicOut
from wasim.service.http.state import Service, service_of

router = APIRouter()


async def _service(request: Request) -> Service:  # FastAPI would call a plain function in a thread
    return service_of(request)


TheService = Annotated[Service, Depends(_service)]
_PREDICT = [Depends(Needs(Scope.PREDICT))]
_ADMIN = [Depends(Needs(Scope.ADMIN))]
_SVG = "image/svg+xml"
_SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"  # matplotlib styles inline
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {_SVG: {"schema": {"type": "string"}}}},
    404: {"model": ProblemOut, "content": {errors.PROBLEM_TYPE: {}}, "description": "There is no such picture"},
}
_DOCS_POLICY = (
    "default-src 'none'; connect-src 'self'; frame-ancestors 'none'; img-src data: https://fastapi.tiangolo.com; "
    "script-src 'unsafe-inline' https://cdn.jsdelivr.net; style-src 'unsafe-inline' https://cdn.jsdelivr.net"
)


@router.get("/docs", include_in_schema=False)
async def docs() -> Response:
    """Show the OpenAPI file as a page; its scripts come from elsewhere, which no other page here may."""
    page = get_swagger_ui_html(openapi_url="/openapi.json", title="wasim")
    page.headers["Content-Security-Policy"] = _DOCS_POLICY
    return page


@router.get("/v1/topics", dependencies=_PREDICT)
async def topics(request: Request, service: TheService) -> list[TopicOut]:
    """List the topics that the model can tag."""
    model = service.slot.served.model
    thresholds = model.calibration.thresholds.tolist()
    listed = [TopicOut.of(topic, threshold) for topic, threshold in zip(model.topics, thresholds, strict=True)]
    return _unless_known(request, service, [one.model_dump() for one in listed])  # type: ignore[return-value]


@router.get("/v1/model", dependencies=_PREDICT)
async def model(request: Request, service: TheService) -> dict[str, Any]:
    """Say which model answers, where it comes from and how good it was found to be."""
    shown = {key: value for key, value in service.slot.served.manifest.items() if key != "golden"}
    return _unless_known(request, service, shown)  # type: ignore[return-value]


@router.get("/v1/model/pictures/{name}", dependencies=_PREDICT, response_class=Response, responses=_PICTURE)
async def picture(name: str, service: TheService) -> Response:
    """Show a drawing of how good the model was found to be; ``pictures`` of /v1/model names them."""
    svg = service.slot.served.pictures.get(name)
    if svg is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"{service.slot.served.model.name} has no picture {name!r}.")
    return Response(svg, media_type=_SVG, headers={"Content-Security-Policy": _SVG_POLICY})


@router.get("/v1/models", dependencies=_ADMIN)
def models(service: TheService) -> ModelsOut:
    """List the trained models, and say which one answers."""
    folder, served = service.settings.artifacts, service.slot.served.model.name
    registry = Registry(folder)
    manifests = list(registry.manifests()) or [read_manifest(folder)]  # one artifact is a folder of one
    return ModelsOut(
        current=registry.current,
        served=served,
        models=[
            ModelSummaryOut(
                name=manifest["name"],
                topics=[topic["id"] for topic in manifest["topics"]],
                n_articles=manifest["n_articles"],
                macro_f1=manifest["metrics"]["macro_f1"],
                metrics=manifest["metrics"],
            )
            for manifest in manifests
        ],
    )


@router.get("/v1/drift", dependencies=_PREDICT)
async def drift(service: TheService) -> DriftOut:
    """Say how far the articles of late have moved from those that the model was made from."""
    served = service.slot.served
    return DriftOut.of(served.model.name, await service.measure_drift(served))


@router.post("/v1/model/reload", dependencies=_ADMIN)
async def reload(service: TheService) -> ReloadOut:
    """Serve the model that the artifacts folder calls current; 409 says why that can't be, and the old one stays."""
    before = service.slot.served.model.name
    try:
        served = await service.slot.reload()
    except ArtifactError as error:
        raise HTTPException(HTTPStatus.CONFLICT, f"{before} goes on answering: {error}") from None
    service.tell_other_workers()
    return ReloadOut(model=served.model.name, before=before)


@router.post("/v1/model/rollback", dependencies=_ADMIN)
async def rollback(service: TheService) -> ReloadOut:
    """Make the model current that was so before, and serve it; 409 where there is none."""
    try:
        await service.slot.in_thread(Registry(service.settings.artifacts).rollback)
    except ArtifactError as error:
        raise HTTPException(HTTPStatus.CONFLICT, str(error)) from None
    return await reload(service)


@router.get("/healthz", response_model_exclude_none=True)
async def healthz() -> HealthOut:
    """Say that the process is alive."""
    return HealthOut(status="alive")


@router.get("/readyz", response_model_exclude_none=True)
async def readyz(service: TheService, request: Request) -> HealthOut:
    """Say whether the model answers its golden articles, and it is known who may ask; 503 if not.

    Predictions need no store, so one that stops answering is told here and does not make the service unready;
    nor does a new model that could not be loaded, since the old one answers.
    """
    service.slot.served.require_golden_answers()
    request.app.state.access.require_known()
    store_answers = request.app.state.store.ring.failure is None
    failure = service.slot.failure
    return HealthOut(
        status="ready",
        model=service.slot.served.model.name,
        store="ok" if store_answers else "unreachable",
        reload_failure=failure.reason if failure else None,
    )


@router.get("/metrics", include_in_schema=False)
def metrics(service: TheService) -> Response:
    """Show what Prometheus reads."""
    return Response(service.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)


def _unless_known(request: Request, service: Service, shown: object) -> Response:
    """Answer with an entity tag, or with 304 where the client has this model's answer already."""
    tag = f'W/"{service.slot.served.digest[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}  # kept, and asked about each time
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(orjson.dumps(shown), headers=headers, media_type=JSON)
