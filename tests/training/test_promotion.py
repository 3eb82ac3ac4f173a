from dataclasses import replace
from pathlib import Path

import pytest

from wasim.model.artifact import save
from wasim.model.errors import PromotionRefusedError
from wasim.model.registry import Registry
from wasim.training.promotion import require_not_worse
from wasim.training.train import TrainedModel


def registry_with(trained: TrainedModel, folder: Path, f1_by_model: dict[str, dict[str, float]]) -> Registry:
    for name, f1_by_topic in f1_by_model.items():
        figures = [{"topic": topic, "f1": f1} for topic, f1 in f1_by_topic.items()]
        provenance = replace(trained.provenance, metrics={"topics": figures, "macro_f1": 0})
        save(replace(trained.model, name=name), provenance, "card", folder)
    registry = Registry(folder)
    registry.promote("old")
    return registry


def test_a_worse_model_is_refused_and_can_be_forced(trained: TrainedModel, tmp_path: Path) -> None:
    registry = registry_with(trained, tmp_path, {"old": {"a": 0.9}, "new": {"a": 0.8}})
    with pytest.raises(PromotionRefusedError, match=r"new has macro-F1 0.800.*old, in use, has 0.900"):
        require_not_worse(registry, "new")
    require_not_worse(registry, "new", force=True)


@pytest.mark.parametrize("f1", [0.9, 0.895, 1.0])
def test_a_model_that_is_not_worse_is_let_through(trained: TrainedModel, tmp_path: Path, f1: float) -> None:
    require_not_worse(registry_with(trained, tmp_path, {"old": {"a": 0.9}, "new": {"a": f1}}), "new")


def test_only_topics_of_both_are_compared(trained: TrainedModel, tmp_path: Path) -> None:
    registry = registry_with(trained, tmp_path, {"old": {"a": 0.9, "b": 0.9}, "new": {"a": 0.9, "c": 0.1}})
    require_not_worse(registry, "new")
