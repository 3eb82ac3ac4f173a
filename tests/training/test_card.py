import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from wasim.model import Article, TopicModel
from wasim.model.artifact import FILES, load, read_manifest, save
from wasim.model.errors import ArtifactExistsError, SettingsError
from wasim.training.card import model_card, update_figures
from wasim.training.corpus import Corpus
from wasim.training.evaluation.evaluate import evaluate_parts
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.judgement import Judgement
from wasim.training.evaluation.predictions import JudgedPart, predict
from wasim.training.train import TrainedModel

DATA = Path("judged.jsonl")


@pytest.fixture
def copied(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "small"))


def judgement_of(model: TopicModel, texts: Sequence[str] = ("أمطار وسيول", "هدف في مباراة")) -> Judgement:
    truth = np.eye(2, dtype=np.bool_)
    judged = JudgedArticles(tuple(Article(text) for text in texts), truth, np.zeros_like(truth))
    parts = (JudgedPart(model, predict(model, judged)),)
    return Judgement("title", (), parts, evaluate_parts(parts))


def test_a_card_says_what_the_model_was_made_from(trained: TrainedModel, corpus: Corpus) -> None:
    card = model_card(trained, corpus)
    for part in (
        trained.provenance.fingerprint,
        f"{len(corpus.labelled):,} articles",
        f"{trained.metrics.macro_f1:.3f}",
        "GPL-3.0-or-later",
        "Not measured yet",
        "| kind | several topics |",
    ):
        assert part in card


def test_figures_on_real_news_go_into_card_and_manifest_and_the_model_still_loads(
    copied: Path, trained: TrainedModel
) -> None:
    update_figures(copied / FILES.card, judgement_of(trained.model), DATA)
    card = (copied / FILES.card).read_text(encoding="utf-8")
    assert "Not measured yet" not in card
    assert "Without passing mentions: macro-F1 1.000" in card
    judged = read_manifest(copied)["judged"]
    assert (judged["data"], judged["metrics"]["macro_f1"], judged["lenient_macro_f1"]) == ("judged.jsonl", 1, 1)
    assert load(copied).name == "small"


def test_figures_can_be_measured_again(copied: Path, trained: TrainedModel) -> None:
    for texts in (("أمطار وسيول", "هدف في مباراة"), ("أمطار", "أمطار")):
        update_figures(copied / FILES.card, judgement_of(trained.model, texts), DATA)
    assert "Without passing mentions: macro-F1 1.000" not in (copied / FILES.card).read_text(encoding="utf-8")
    assert load(copied).name == "small"


def test_training_the_same_again_keeps_a_judged_artifact(copied: Path, trained: TrainedModel, corpus: Corpus) -> None:
    update_figures(copied / FILES.card, judgement_of(trained.model), DATA)
    before = (copied / FILES.manifest).read_bytes()
    card = model_card(trained, corpus)
    assert save(trained.model, trained.provenance, card, copied.parent) == copied
    assert (copied / FILES.manifest).read_bytes() == before


def test_another_model_does_not_take_a_judged_ones_name(copied: Path, trained: TrainedModel) -> None:
    update_figures(copied / FILES.card, judgement_of(trained.model), DATA)
    manifest = json.loads((copied / FILES.manifest).read_text())
    manifest["sha256"][FILES.weights] = "0"
    (copied / FILES.manifest).write_text(json.dumps(manifest))
    with pytest.raises(ArtifactExistsError):
        save(trained.model, trained.provenance, "card", copied.parent)


def test_another_models_card_is_refused(copied: Path, trained: TrainedModel) -> None:
    other = shutil.copytree(copied, copied.parent / "other")
    with pytest.raises(SettingsError, match="other"):
        update_figures(other / FILES.card, judgement_of(trained.model), DATA)


def test_figures_go_into_any_file_with_the_section(tmp_path: Path, trained: TrainedModel) -> None:
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- figures -->\n<!-- /figures -->\nafter\n")
    update_figures(page, judgement_of(trained.model), DATA)
    assert "| weather | 1 | 1.000 |" in page.read_text()
    page.write_text("no section")
    with pytest.raises(SettingsError, match="no section"):
        update_figures(page, judgement_of(trained.model), DATA)
