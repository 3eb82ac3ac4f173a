"""A running service keeps to its own OpenAPI file, whatever is sent."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from wasim.model.registry import artifact_path
from wasim.service.http.app import create_app
from wasim.service.settings import ServiceSettings
from wasim.service.store.database import Database
from wasim.service.store.keys import KeyStore
from wasim.service.store.scope import Scope


@schemathesis.serializer("application/x-ndjson")
def lines(context: schemathesis.SerializationContext, value: object) -> bytes:
    return str(value).encode("utf-8", "replace")


@dataclass(frozen=True)
class Fuzzed:
    """Where the service listens, and the headers with a key that is good for all."""

    address: str
    headers: dict[str, str]


@pytest.fixture(scope="module")
def fuzzed(serve_module: Callable[..., Any], root: Path) -> Iterator[Fuzzed]:
    """Run a service; when all was tried it must be well, and nothing have failed inside."""
    # One artifact, not the folder of them: an administrator's routes are tried too, and must not change it.
    service = serve_module(WASIM_ACCESS="keys", WASIM_ARTIFACTS=str(artifact_path(root / "artifacts")))
    database = Database(service.database_url)
    key = KeyStore(database).create("fuzz", frozenset(Scope)).token
    database.close()
    headers = {"Authorization": f"Bearer {key}"}
    service.wait_until("/v1/topics", lambda answer: answer.status_code == 200, headers=headers)
    # Hypothesis parses source code while it draws; a collection in the middle of that makes CPython 3.11 raise
    # "AST constructor recursion depth mismatch".
    gc.disable()
    yield Fuzzed(service.address, headers)
    gc.enable()
    assert httpx.get(f"{service.address}/readyz").status_code == 200
    assert service.entries("failed") == []


# Known before a service runs, since pytest wants to know its tests then; the service has to say the same.
SCHEMA = schemathesis.openapi.from_dict(create_app(ServiceSettings()).openapi())


@SCHEMA.parametrize()
@settings(max_examples=40, deadline=None)
def test_every_answer_is_one_that_the_openapi_file_promises(fuzzed: Fuzzed, case: schemathesis.Case) -> None:
    # That title and text are not both blank is more than the schema says: 422 is right then.
    case.call_and_validate(
        base_url=fuzzed.address,
        headers=fuzzed.headers,
        excluded_checks=[unsupported_method, positive_data_acceptance],
    )


def test_a_running_service_says_what_was_tried(fuzzed: Fuzzed) -> None:
    assert httpx.get(f"{fuzzed.address}/openapi.json").json() == SCHEMA.raw_schema
