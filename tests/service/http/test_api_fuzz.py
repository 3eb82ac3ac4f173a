"""The API keeps to its own OpenAPI file, whatever is sent."""

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method
from starlette.testclient import TestClient

from wasim.model.registry import artifact_path
from wasim.service.http.app import create_app
from wasim.service.settings import ServiceSettings
from wasim.service.store.database import Database
from wasim.service.store.keys import KeyStore
from wasim.service.store.scope import Scope

FOLDER = tempfile.TemporaryDirectory(prefix="wasim-fuzz-")
DATABASE_URL = f"sqlite:///{FOLDER.name}/wasim.db"
# One artifact, not the folder of them: an administrator's routes are tried too, and must not change it.
ARTIFACT = artifact_path(Path(__file__).parents[3] / "artifacts")
APP = create_app(ServiceSettings(artifacts=ARTIFACT, access="keys", database_url=DATABASE_URL))


@schemathesis.serializer("application/x-ndjson")
def lines(context: schemathesis.SerializationContext, value: object) -> bytes:
    return str(value).encode("utf-8", "replace")


SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", APP)


@pytest.fixture(scope="module")
def key() -> Iterator[str]:
    """Load the model once, without which the app would not have started; return a key that is good for all."""
    # Hypothesis parses source code while it draws; a collection in the middle of that makes CPython 3.11 raise
    # "AST constructor recursion depth mismatch".
    gc.disable()
    database = Database(DATABASE_URL)
    token = KeyStore(database).create("fuzz", frozenset(Scope)).token
    with TestClient(APP):
        yield token
    database.close()
    FOLDER.cleanup()
    gc.enable()


@SCHEMA.parametrize()
@settings(max_examples=40, deadline=None)
def test_every_answer_is_one_that_the_openapi_file_promises(key: str, case: schemathesis.Case) -> None:
    # That title and text are not both blank is more than the schema says: 422 is right then.
    case.call_and_validate(
        headers={"Authorization": f"Bearer {key}"}, excluded_checks=[unsupported_method, positive_data_acceptance]
    )
