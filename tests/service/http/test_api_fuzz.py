"""The API keeps to its own OpenAPI file, whatever is sent."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method
from starlette.testclient import TestClient

from wasim.service.http.app import create_app
from wasim.service.settings import ServiceSettings

APP = create_app(ServiceSettings(artifacts=Path(__file__).parents[3] / "artifacts"))
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", APP)


@pytest.fixture(scope="module")
def running() -> Iterator[None]:
    """Load the model once; without it the app would not have started."""
    # Hypothesis parses source code while it draws; a collection in the middle of that makes CPython 3.11 raise
    # "AST constructor recursion depth mismatch".
    gc.disable()
    with TestClient(APP):
        yield
    gc.enable()


@SCHEMA.parametrize()
@settings(max_examples=40, deadline=None)
def test_every_answer_is_one_that_the_openapi_file_promises(running: None, case: schemathesis.Case) -> None:
    # That title and text are not both blank is more than the schema says: 422 is right then.
    case.call_and_validate(excluded_checks=[unsupported_method, positive_data_acceptance])
