"""A client that tests share, and models to choose between."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from wasim.model.artifact import save
from wasim.model.registry import Registry
from wasim.training.card import model_card
from wasim.training.corpus import Corpus
from wasim.training.fit import FitSettings
from wasim.training.train import train


@pytest.fixture(scope="module")
def client(service: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.address) as client:
        yield client


@pytest.fixture
def two_models(draw_corpus: Callable[..., Corpus], saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an artifacts folder with the models small, which is current, and other."""
    folder = tmp_path_factory.mktemp("two-models")
    shutil.copytree(saved, folder / saved.name)
    other = draw_corpus({"weather": "أمطار رياح عاصفة سيول", "football": "مباراة هدف حارس مدرب"}, seed=7)
    trained = train(other, fit=FitSettings(), name="other")
    save(trained.model, trained.provenance, model_card(trained, other), folder)
    Registry(folder).promote(saved.name)
    return folder
