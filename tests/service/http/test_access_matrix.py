"""Every route with every kind of key: the table below has to know each route of the app."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from wasim.service.http.app import create_app
from wasim.service.settings import ServiceSettings
from wasim.service.store.database import Database
from wasim.service.store.keys import KeyStore
from wasim.service.store.scope import Scope

OPEN = None
SCOPE_OF: dict[tuple[str, str], Scope | None] = {
    ("POST", "/v1/predict"): Scope.PREDICT,
    ("POST", "/v1/predict/batch"): Scope.PREDICT,
    ("GET", "/v1/topics"): Scope.PREDICT,
    ("GET", "/v1/model"): Scope.PREDICT,
    ("GET", "/v1/model/pictures/{name}"): Scope.PREDICT,
    ("GET", "/v1/drift"): Scope.PREDICT,
    ("GET", "/v1/models"): Scope.ADMIN,
    ("POST", "/v1/model/reload"): Scope.ADMIN,
    ("POST", "/v1/model/rollback"): Scope.ADMIN,
    ("POST", "/v1/feedback"): Scope.FEEDBACK,
    ("DELETE", "/v1/feedback/{feedback_id}"): Scope.FEEDBACK,
    ("GET", "/v1/feedback"): Scope.ADMIN,
    ("POST", "/v1/feedback/{feedback_id}/review"): Scope.ADMIN,
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/"): OPEN,
    ("GET", "/docs"): OPEN,
    ("GET", "/metrics"): OPEN,
    ("GET", "/openapi.json"): OPEN,
}


def walk(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route, those of routers within routers too."""
    for route in routes:
        inner = getattr(route, "original_router", route)  # FastAPI's included router
        if hasattr(inner, "routes"):
            yield from walk(inner.routes)
        else:
            yield from ((method, route.path) for method in route.methods - {"HEAD"})  # type: ignore[attr-defined]


FOLDER = tempfile.TemporaryDirectory(prefix="wasim-access-")
DATABASE_URL = f"sqlite:///{FOLDER.name}/wasim.db"
# A copy: a route may change which model is current.
ARTIFACTS = shutil.copytree(Path(__file__).parents[3] / "artifacts", Path(FOLDER.name) / "artifacts")
APP = create_app(ServiceSettings(artifacts=ARTIFACTS, access="keys", database_url=DATABASE_URL))


@pytest.fixture(scope="module")
def tokens() -> Iterator[dict[str, str]]:
    """Run the app; return a key of each scope, one that is revoked, and one that never was."""
    database = Database(DATABASE_URL)
    keys = KeyStore(database)
    issued = {str(scope): keys.create(scope, frozenset({scope})) for scope in Scope}
    issued["another sender"] = keys.create("another", frozenset({Scope.FEEDBACK}))
    issued["all"] = keys.create("all", frozenset(Scope))
    issued["revoked"] = keys.create("revoked", frozenset(Scope))
    keys.revoke(issued["revoked"].key.id)
    database.close()
    with TestClient(APP):
        yield {name: one.token for name, one in issued.items()} | {"unknown": f"wasim_{'0' * 12}_{'x' * 43}"}
    FOLDER.cleanup()


def test_the_table_knows_every_route() -> None:
    assert set(walk(APP.routes)) == set(SCOPE_OF)


@pytest.mark.parametrize("sent", ["none", "revoked", "unknown", *Scope])
@pytest.mark.parametrize(("method", "path"), SCOPE_OF)
def test_a_route_is_open_to_its_scope_alone(tokens: dict[str, str], method: str, path: str, sent: str) -> None:
    needed = SCOPE_OF[method, path]
    headers = {"Authorization": f"Bearer {tokens[sent]}"} if sent in tokens else {}
    client = TestClient(APP, follow_redirects=False)
    response = client.request(method, path.replace("{feedback_id}", "0" * 16), headers=headers)
    if needed is None or sent == needed:
        assert response.status_code not in (401, 403)
    elif sent in tuple(Scope):
        assert response.status_code == 403
        assert f"this needs {needed}" in response.json()["detail"]
        assert "insufficient_scope" in response.headers["www-authenticate"]
    else:
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert response.headers["content-type"] == "application/problem+json"


def test_a_key_withdraws_what_it_sent_and_an_admin_all(tokens: dict[str, str]) -> None:
    client = TestClient(APP)

    def act(method: str, path: str, key: str) -> httpx2.Response:
        sent = {"text": "نص", "topics": []} if method == "POST" else None
        return client.request(method, path, json=sent, headers={"Authorization": f"Bearer {tokens[key]}"})

    ids = [act("POST", "/v1/feedback", "feedback").json()["id"] for _ in range(2)]
    assert act("DELETE", f"/v1/feedback/{ids[0]}", "another sender").status_code == 404
    assert act("DELETE", f"/v1/feedback/{ids[0]}", "feedback").status_code == 200
    assert act("DELETE", f"/v1/feedback/{ids[1]}", "all").status_code == 200
    assert act("GET", "/v1/feedback", "all").json()["items"][0]["caller"] != ""
