"""A model as the service holds it: loaded, compiled, tried, and never changed afterwards."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasim.model import TopicModel
from wasim.model.artifact import (
    FILES,
    GoldenArticle,
    drift_reference,
    golden_articles,
    load,
    pictures,
    read_manifest,
)
from wasim.model.drift import DriftReference
from wasim.model.errors import ArtifactCorruptError


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One model, with what its artifact says of it; a request keeps to the one that it began with.

    Parameters
    ----------
    model
        What classifies.
    manifest
        What the artifact says of itself.
    golden
        Articles whose topics it gets right while it is healthy.
    digest
        SHA-256 of the manifest, which holds the other files' own: equal ones are the same model.
    drift_reference
        How its training articles were spread; None where the artifact is older than that.
    pictures
        SVG drawings of how good it was found to be, by name; none where the artifact is older than that.
    """

    model: TopicModel
    manifest: dict[str, Any]
    golden: tuple[GoldenArticle, ...]
    digest: str
    drift_reference: DriftReference | None
    pictures: dict[str, bytes]

    @classmethod
    def load(cls, artifact: Path) -> "ServedModel":
        """Load a model, compile what scores it, and try it on its golden articles.

        Raises
        ------
        ArtifactError
            When it is missing or damaged, or gets a golden article wrong.
        """
        served = cls(
            model=load(artifact),
            manifest=read_manifest(artifact),
            golden=tuple(golden_articles(artifact)),
            digest=manifest_digest(artifact),
            drift_reference=drift_reference(artifact),
            pictures=pictures(artifact),
        )
        served.model.warm_up()  # so that no request waits for a compilation
        served.require_golden_answers()
        return served

    def require_golden_answers(self) -> None:
        """Raise ArtifactCorruptError unless the model gets its golden articles right."""
        answers = self.model.classify(golden.article for golden in self.golden)
        for golden, answer in zip(self.golden, answers, strict=True):
            if answer.topics != golden.topics:
                raise ArtifactCorruptError(
                    f"{self.model.name} tags its golden article {golden.article.title!r} with {answer.topics}, "
                    f"not {golden.topics}. Restore the artifact or train again."
                )


def manifest_digest(artifact: Path) -> str:
    """Tell one artifact from another without loading it; empty where there is none."""
    try:
        return hashlib.sha256((artifact / FILES.manifest).read_bytes()).hexdigest()
    except OSError:
        return ""
