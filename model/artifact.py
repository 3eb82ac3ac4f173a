"""A model on disk: a folder of plain files, written whole or not at all, checked when read.

``manifest.json`` says everything about the model and holds the SHA-256 of the other files;
``weights.safetensors`` the numbers; ``vocabulary.txt`` one term a line; ``card.md`` the model card; the ``.svg``
files that it names are pictures of how good the model is.
Nothing in it is code, and nothing is unpickled.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from wasim.model.article import Article
from wasim.model.calibration import Calibration
from wasim.model.drift import DriftReference
from wasim.model.durable import file_that_appears_whole, folder_that_appears_whole
from wasim.model.errors import (
    ArtifactCorruptError,
    ArtifactExistsError,
    ArtifactIncompatibleError,
    ArtifactMissingError,
    SettingsError,
)
from wasim.model.scoring import LinearWeights
from wasim.model.settings import ModelSettings
from wasim.model.topic_model import TopicModel
from wasim.model.topics import Topic
from wasim.model.vocabulary import Vocabulary

FORMAT_VERSION = 1
_JSON = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY


@dataclass(frozen=True, slots=True)
class _FileNames:
    manifest: str = "manifest.json"
    weights: str = "weights.safetensors"
    vocabulary: str = "vocabulary.txt"
    card: str = "card.md"


FILES = _FileNames()


@dataclass(frozen=True, slots=True)
class GoldenArticle:
    """An article whose topics a healthy model of this artifact gets right."""

    article: Article
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a model comes from and how good it was found to be.

    Parameters
    ----------
    fingerprint
        SHA-256 over corpus, settings and seed; equal ones give equal predictions.
    n_articles
        Articles that it was fitted on.
    metrics
        What the cross-validation measured, as JSON.
    versions
        Of the libraries it was made with.
    golden
        Articles to try a loaded model on.
    drift
        How the articles were spread, to hold live text against.
    pictures
        Drawings of how good it was found to be: SVG, by the file's name.
    """

    fingerprint: str
    n_articles: int
    metrics: Mapping[str, Any]
    versions: Mapping[str, str]
    golden: tuple[GoldenArticle, ...]
    drift: DriftReference | None = None
    pictures: Mapping[str, str] = field(default_factory=dict)


def save(model: TopicModel, provenance: Provenance, card: str, folder: Path) -> Path:
    """Write a model as ``folder / model.name``, atomically.

    Returns
    -------
    The artifact's folder. Where exactly this artifact stands already, judged meanwhile or not, nothing is
    written.

    Raises
    ------
    ArtifactExistsError
        When another model has that name.
    OSError
        When the disk is full or can't be written; what was there before stays as it was.
    """
    contents = _contents(model, provenance, card)
    target = folder / model.name
    if target.exists():
        if _holds(target, contents):
            return target
        raise ArtifactExistsError(f"{target} holds another model. Choose another --name, or remove that folder first.")
    folder.mkdir(parents=True, exist_ok=True)
    with folder_that_appears_whole(target) as writing:
        for name, data in contents.items():
            with file_that_appears_whole(writing / name) as file:
                file.write(data)
    return target


def read_manifest(artifact: Path) -> dict[str, Any]:
    """Read what an artifact says of itself, without its weights.

    Raises
    ------
    ArtifactMissingError, ArtifactCorruptError, ArtifactIncompatibleError
        When it can't be read.
    """
    path = artifact / FILES.manifest
    try:
        manifest: dict[str, Any] = orjson.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise ArtifactMissingError(
            f"{artifact} holds no model ({FILES.manifest} is missing). Run: wasim train"
        ) from None
    except orjson.JSONDecodeError as error:
        raise ArtifactCorruptError(f"{path} is not JSON ({error}). Restore the artifact or train again.") from None
    version = manifest.get("format_version") if isinstance(manifest, dict) else None
    if version != FORMAT_VERSION:
        raise ArtifactIncompatibleError(
            f"{path} has format version {version!r}; this wasim reads {FORMAT_VERSION}. "
            "Install the wasim that wrote it, or train again."
        )
    return manifest


def load(artifact: Path) -> TopicModel:
    """Load the model of one artifact folder.

    Raises
    ------
    ArtifactError
        When it is missing, damaged, was changed, or has an unknown format.
    """
    manifest = read_manifest(artifact)
    files = {name: _checked_bytes(artifact / name, digest) for name, digest in _digests(artifact, manifest).items()}
    try:
        tensors = load_tensors(files[FILES.weights])
        settings = ModelSettings.from_dict(manifest["settings"])
        topics = tuple(Topic(**topic) for topic in manifest["topics"])
        terms = files[FILES.vocabulary].decode().split("\n")[:-1]
        linear = LinearWeights(tensors["idf"], tensors["weights"], tensors["bias"])
        calibration = Calibration(
            *(
                np.array([manifest["calibration"][topic.id][key] for topic in topics], dtype=np.float64)
                for key in ("slope", "offset", "threshold")
            )
        )
        model = TopicModel(manifest["name"], topics, settings, Vocabulary(terms, settings), linear, calibration)
    except (KeyError, TypeError, ValueError, SettingsError, SafetensorError) as error:
        raise ArtifactCorruptError(
            f"{artifact / FILES.manifest} does not describe a whole model ({error!r}). "
            "Restore the artifact or train again."
        ) from None
    shapes = (linear.idf.shape, linear.weights.shape, linear.bias.shape)
    if shapes != ((len(terms),), (len(terms), len(topics)), (len(topics),)):
        raise ArtifactCorruptError(
            f"{artifact}: {len(terms)} terms and {len(topics)} topics do not fit tensors of shapes {shapes}. "
            "Restore the artifact or train again."
        )
    return model


def read_card(artifact: Path) -> str:
    """Read the model card of an artifact.

    Raises
    ------
    ArtifactError
        When the artifact or its card is missing, damaged or was changed.
    """
    digest = _digests(artifact, read_manifest(artifact))[FILES.card]
    return _checked_bytes(artifact / FILES.card, digest).decode()


def golden_articles(artifact: Path) -> list[GoldenArticle]:
    """Read the articles to try a loaded model on."""
    return [
        GoldenArticle(Article(entry["title"], entry["text"]), tuple(entry["topics"]))
        for entry in read_manifest(artifact)["golden"]
    ]


def drift_reference(artifact: Path) -> DriftReference | None:
    """Read how a model's training articles were spread; None where its artifact is older than that.

    Raises
    ------
    ArtifactCorruptError
        When it is no such thing.
    """
    manifest = read_manifest(artifact)
    if manifest.get("drift") is None:
        return None
    try:
        reference = DriftReference.from_dict(manifest["drift"])
        if set(reference.probabilities) != {topic["id"] for topic in manifest["topics"]}:
            raise ValueError("it has other topics than the model")
        return reference
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ArtifactCorruptError(
            f"{artifact / FILES.manifest}: drift is no reference ({error!r}). Restore the artifact or train again."
        ) from None


def pictures(artifact: Path) -> dict[str, bytes]:
    """Read the drawings of how good a model was found to be, by their files' names; there may be none.

    Raises
    ------
    ArtifactCorruptError
        When one is missing or damaged.
    """
    named = read_manifest(artifact).get("pictures") or {}
    if any(Path(name).name != name or not name.endswith(".svg") for name in named):
        raise ArtifactCorruptError(f"{artifact / FILES.manifest} names pictures elsewhere. Restore it or train again.")
    return {name: _checked_bytes(artifact / name, digest) for name, digest in named.items()}


def record_judged(artifact: Path, card: str, judged: Mapping[str, Any]) -> None:
    """Add to an artifact how good it was found to be on articles that somebody has read.

    Whenever it is stopped, the artifact is whole, judged or not yet: the new card is written beside the old one,
    then the manifest, which decides, and then the card takes its place. Until it does, it is read from beside.

    Parameters
    ----------
    artifact
        Its folder.
    card
        The new model card.
    judged
        What was measured, as JSON; stands in the manifest as ``judged``.
    """
    manifest, data = read_manifest(artifact), card.encode()
    earlier = read_card(artifact).encode()  # of a run that was stopped, perhaps still beside its place
    manifest["judged"] = judged
    manifest["sha256"][FILES.card] = hashlib.sha256(data).hexdigest()
    for path, contents in (
        (artifact / FILES.card, earlier),
        (_beside(artifact / FILES.card), data),
        (artifact / FILES.manifest, orjson.dumps(manifest, option=_JSON)),
        (artifact / FILES.card, data),
    ):
        with file_that_appears_whole(path) as file:
            file.write(contents)
    _beside(artifact / FILES.card).unlink()


def _contents(model: TopicModel, provenance: Provenance, card: str) -> dict[str, bytes]:
    files = {
        FILES.weights: save_tensors(
            {"idf": model.linear.idf, "weights": model.linear.weights, "bias": model.linear.bias}
        ),
        FILES.vocabulary: "".join(f"{term}\n" for term in model.vocabulary.terms).encode(),
        FILES.card: card.encode(),
    }
    drawn = {name: svg.encode() for name, svg in provenance.pictures.items()}
    calibration = zip(
        model.calibration.slopes.tolist(),
        model.calibration.offsets.tolist(),
        model.calibration.thresholds.tolist(),
        strict=True,
    )
    manifest = {
        "format_version": FORMAT_VERSION,
        "name": model.name,
        "fingerprint": provenance.fingerprint,
        "topics": [asdict(topic) for topic in model.topics],
        "settings": model.settings.to_dict(),
        "calibration": {
            topic.id: {"slope": slope, "offset": offset, "threshold": threshold}
            for topic, (slope, offset, threshold) in zip(model.topics, calibration, strict=True)
        },
        "n_articles": provenance.n_articles,
        "metrics": provenance.metrics,
        "versions": provenance.versions,
        "golden": [
            {"title": golden.article.title, "text": golden.article.text, "topics": golden.topics}
            for golden in provenance.golden
        ],
        "drift": provenance.drift.to_dict() if provenance.drift else None,
        "pictures": {name: hashlib.sha256(data).hexdigest() for name, data in drawn.items()},
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    return files | drawn | {FILES.manifest: orjson.dumps(manifest, option=_JSON)}


def _digests(artifact: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    digests = manifest.get("sha256")
    if not isinstance(digests, dict) or set(digests) != {FILES.weights, FILES.vocabulary, FILES.card}:
        raise ArtifactCorruptError(f"{artifact / FILES.manifest} does not list the SHA-256 of each file. Train again.")
    return digests


def _checked_bytes(path: Path, digest: str) -> bytes:
    found = [data for data in map(_bytes_or_none, (path, _beside(path))) if data is not None]
    for data in found:
        if hashlib.sha256(data).hexdigest() == digest:
            return data
    if not found:
        raise ArtifactCorruptError(f"{path} is missing. Restore the artifact or train again.")
    raise ArtifactCorruptError(
        f"{path} is damaged, cut short or was changed: its SHA-256 is not the manifest's. "
        "Restore the artifact or train again."
    )


def _beside(path: Path) -> Path:
    """Where a file waits until the manifest speaks of it."""
    return path.with_name(f"{path.name}.new")


def _holds(target: Path, contents: Mapping[str, bytes]) -> bool:
    """Say whether a folder holds these contents, apart from how they were judged since."""
    manifest = orjson.loads(_bytes_or_none(target / FILES.manifest) or b"{}")
    if "judged" not in manifest:
        return all(_bytes_or_none(target / name) == data for name, data in contents.items())
    learned = orjson.loads(contents[FILES.manifest])
    for one in (manifest, learned):
        one.pop("judged", None)
        one.get("sha256", {}).pop(FILES.card, None)
    return bool(manifest == learned)


def _bytes_or_none(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
