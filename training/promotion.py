"""Whether a new model may take the current one's place: the verdict of a comparison, used as a gate."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasim.model.artifact import read_manifest
from wasim.model.errors import CorpusUnreadableError, PromotionRefusedError
from wasim.model.registry import Registry
from wasim.training.comparison.compare import MARGIN, OVERALL, Difference, Verdict, compare, require_margin
from wasim.training.evaluation.judged import read_judged


@dataclass(frozen=True, slots=True)
class Gate:
    """What a new model is held against.

    Parameters
    ----------
    judged_file
        Judged articles that both models are compared on. Without it the mean cross-validated F1 of the
        topics that both have is compared, each model's on the corpus it was trained on.
    margin
        Macro-F1 that the new model may lose.

    Raises
    ------
    SettingsError, CorpusUnreadableError
        When the margin is no share or the file is missing: before anything was trained.
    """

    judged_file: Path | None = None
    margin: float = MARGIN

    def __post_init__(self) -> None:
        require_margin(self.margin)
        if self.judged_file is not None and not self.judged_file.is_file():
            raise CorpusUnreadableError(f"{self.judged_file} is missing. Name a file of judged articles.")


def require_not_worse(registry: Registry, name: str, gate: Gate | None = None, *, force: bool = False) -> None:
    """Raise PromotionRefusedError when a model is worse than the current one.

    Without a current model or a common topic there is nothing to be worse than.
    """
    gate, current = gate or Gate(), registry.current
    if force or current is None or current == name:
        return
    if gate.judged_file is None:
        difference, where = _cross_validated(registry, current, name), "cross-validated"
    else:
        difference, where = _on_judged(registry, current, name, gate), f"on {gate.judged_file}"
    if difference is not None and difference.verdict(gate.margin) is Verdict.WORSE:
        raise PromotionRefusedError(
            f"{name} has {OVERALL} {difference.new:.3f} {where}; {current}, in use, has {difference.old:.3f}, and "
            f"{gate.margin} may be lost. {name} is kept beside it. Look at both with wasim compare; --force promotes "
            "it all the same."
        )


def _on_judged(registry: Registry, current: str, name: str, gate: Gate) -> Difference | None:
    assert gate.judged_file is not None
    old, new = registry.load(current), registry.load(name)
    if not {topic.id for topic in old.topics} & {topic.id for topic in new.topics}:
        return None
    return compare(old, new, read_judged(gate.judged_file, old), gate.margin).overall


def _cross_validated(registry: Registry, current: str, name: str) -> Difference | None:
    old, new = (_f1_by_topic(read_manifest(registry.path(model))) for model in (current, name))
    common = sorted(new.keys() & old.keys())
    if not common:
        return None
    before, after = (sum(f1[topic] for topic in common) / len(common) for f1 in (old, new))
    # Each model's articles are its own, so nothing can be resampled together: the interval is the difference.
    return Difference(OVERALL, before, after, low=after - before, high=after - before)


def _f1_by_topic(manifest: dict[str, Any]) -> dict[str, float]:
    return {figures["topic"]: figures["f1"] for figures in manifest["metrics"]["topics"]}
