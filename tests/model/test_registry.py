from dataclasses import replace
from pathlib import Path

import pytest

from wasim.model import TopicModel
from wasim.model.artifact import FILES, save
from wasim.model.errors import ArtifactCorruptError, ArtifactMissingError
from wasim.model.registry import Registry
from wasim.training.train import TrainedModel


@pytest.fixture
def registry(trained: TrainedModel, tmp_path: Path) -> Registry:
    for name in ("first", "second"):
        save(replace(trained.model, name=name), trained.provenance, "card", tmp_path)
    return Registry(tmp_path)


def test_the_promoted_model_is_the_one_that_loads(registry: Registry) -> None:
    registry.promote("second")
    assert registry.current == "second"
    assert TopicModel.load(registry.folder).name == "second"


def test_rollback_goes_back_step_by_step(registry: Registry) -> None:
    for name in ("first", "second", "second"):
        registry.promote(name)
    assert registry.rollback() == "first"
    assert registry.current == "first"
    with pytest.raises(ArtifactMissingError, match="no earlier model"):
        registry.rollback()


def test_without_a_promotion_nothing_is_current(registry: Registry) -> None:
    with pytest.raises(ArtifactMissingError, match="no current model"):
        registry.load()


@pytest.mark.parametrize("name", ["third", "../first", "", ".", "/etc"])
def test_a_model_that_is_not_there_is_refused(registry: Registry, name: str) -> None:
    with pytest.raises(ArtifactMissingError):
        registry.promote(name)
    assert registry.current is None


def test_a_damaged_model_is_not_promoted_and_the_old_one_stays(registry: Registry) -> None:
    registry.promote("first")
    (registry.folder / "second" / FILES.weights).write_bytes(b"cut short")
    with pytest.raises(ArtifactCorruptError):
        registry.promote("second")
    assert registry.current == "first"


def test_a_folder_that_does_not_exist_has_no_models(tmp_path: Path) -> None:
    assert Registry(tmp_path / "nowhere").names() == []
