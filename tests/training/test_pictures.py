"""The drawings that a model takes along."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from wasim.model.artifact import pictures, save
from wasim.model.errors import ArtifactCorruptError
from wasim.training.pictures import pictures_of
from wasim.training.train import TrainedModel


@pytest.fixture(scope="module")
def drawn(trained: TrainedModel) -> dict[str, str]:
    return pictures_of(trained)


@pytest.fixture
def artifact(trained: TrainedModel, drawn: dict[str, str], tmp_path: Path) -> Path:
    return save(trained.model, replace(trained.provenance, pictures=drawn), "card", tmp_path)


def test_pictures_are_svg_that_runs_nothing_and_asks_for_nothing(drawn: dict[str, str]) -> None:
    assert set(drawn) == {"precision-recall.svg", "reliability.svg", "thresholds.svg"}
    for svg in drawn.values():
        root = ElementTree.fromstring(svg)
        assert root.tag.endswith("svg")
        assert not any(element.tag.endswith("script") for element in root.iter())
        links = [value for element in root.iter() for key, value in element.attrib.items() if key.endswith("href")]
        assert all(link.startswith("#") for link in links)


def test_equal_models_are_drawn_alike(trained: TrainedModel, drawn: dict[str, str]) -> None:
    assert pictures_of(trained) == drawn


def test_an_artifact_keeps_its_pictures(artifact: Path, drawn: dict[str, str]) -> None:
    assert pictures(artifact) == {name: svg.encode() for name, svg in drawn.items()}


def test_an_artifact_without_pictures_has_none(saved: Path) -> None:
    assert pictures(saved) == {}


def test_a_damaged_picture_is_refused(artifact: Path) -> None:
    (artifact / "reliability.svg").write_text("<svg/>")
    with pytest.raises(ArtifactCorruptError, match=r"reliability\.svg"):
        pictures(artifact)


@pytest.mark.parametrize("name", ["../other.svg", "/etc/passwd", "card.md"])
def test_a_picture_elsewhere_is_refused(artifact: Path, name: str) -> None:
    manifest = artifact / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"reliability.svg"', f'"{name}"'))
    with pytest.raises(ArtifactCorruptError, match="pictures elsewhere"):
        pictures(artifact)
