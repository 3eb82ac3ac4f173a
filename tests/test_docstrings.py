"""Examples in docstrings run, and public things have docstrings."""

import doctest
import importlib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
MODULES = [
    ".".join(("wasim", *path.relative_to(ROOT).with_suffix("").parts))
    for room in ("model", "service", "training")
    for path in sorted((ROOT / room).rglob("*.py"))
]


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("__init__")])
def test_examples_in_docstrings_are_true(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    module: ModuleType = importlib.import_module(name)
    assert doctest.testmod(module, extraglobs=vars(importlib.import_module("wasim.model"))).failed == 0
