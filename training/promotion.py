"""Whether a new model may take the current one's place."""

from typing import Any

from wasim.model.artifact import read_manifest
from wasim.model.errors import PromotionRefusedError
from wasim.model.registry import Registry

MARGIN = 0.01
"""How much cross-validated macro-F1 a new model may lose: about what chance moves it by."""


def require_not_worse(registry: Registry, name: str, *, force: bool = False) -> None:
    """Raise PromotionRefusedError when a model's figures fall behind the current one's.

    Compared is the mean cross-validated F1 of the topics that both have, each model on the corpus it was
    trained on; without a current model or a common topic there is nothing to be worse than.
    """
    if force or registry.current in (None, name):
        return
    new, old = (_f1_by_topic(read_manifest(registry.path(model))) for model in (name, registry.current))
    common = sorted(new.keys() & old.keys())
    if not common:
        return
    new_mean, old_mean = (sum(f1[topic] for topic in common) / len(common) for f1 in (new, old))
    if new_mean < old_mean - MARGIN:
        raise PromotionRefusedError(
            f"{name} has macro-F1 {new_mean:.3f} on {', '.join(common)}; {registry.current}, in use, has "
            f"{old_mean:.3f}. "
            f"{name} is kept beside it. Look at both with wasim evaluate; --force promotes it all the same."
        )


def _f1_by_topic(manifest: dict[str, Any]) -> dict[str, float]:
    return {figures["topic"]: figures["f1"] for figures in manifest["metrics"]["topics"]}
