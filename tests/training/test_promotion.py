import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wasim.model.artifact import save
from wasim.model.errors import CorpusUnreadableError, PromotionRefusedError, SettingsError
from wasim.model.registry import Registry
from wasim.training.promotion import Gate, require_not_worse
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


def judged_file(folder: Path) -> Path:
    rows = [
        {"title": title, "text": "", "topics": topics}
        for title, topics in (("أمطار وسيول وعاصفة", ["weather"]), ("مباراة وهدف وحارس", ["football"]), ("السوق", []))
        for _ in range(8)
    ]
    (folder / "judged.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return folder / "judged.jsonl"


def test_judged_articles_decide_where_they_are_given(trained: TrainedModel, tmp_path: Path) -> None:
    registry = registry_with(trained, tmp_path / "models", {"old": {"weather": 0.5}, "same": {"weather": 0.1}})
    bias = trained.model.linear.bias + np.float32(1000)
    spoilt = replace(trained.model, name="spoilt", linear=replace(trained.model.linear, bias=bias))
    save(spoilt, replace(trained.provenance, metrics={"topics": [], "macro_f1": 1}), "card", registry.folder)
    gate = Gate(judged_file(tmp_path))
    require_not_worse(registry, "same", gate)
    with pytest.raises(PromotionRefusedError, match=r"spoilt has macro-F1 0\.\d+ on .*judged.jsonl; old"):
        require_not_worse(registry, "spoilt", gate)


def test_a_wider_margin_lets_more_through(trained: TrainedModel, tmp_path: Path) -> None:
    registry = registry_with(trained, tmp_path, {"old": {"a": 0.9}, "new": {"a": 0.8}})
    require_not_worse(registry, "new", Gate(margin=0.2))


def test_a_gate_is_checked_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match="missing"):
        Gate(tmp_path / "nowhere.jsonl")
    with pytest.raises(SettingsError, match="margin"):
        Gate(margin=-1)
