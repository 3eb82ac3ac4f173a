import json
import shutil
from pathlib import Path

import pytest

from wasim.model import Article, TopicModel
from wasim.model.artifact import FILES, drift_reference, load
from wasim.model.drift import DriftMonitor, DriftReport, unknown_share
from wasim.model.errors import ArtifactCorruptError
from wasim.training.corpus import Corpus
from wasim.training.train import TrainedModel


def monitor_of(model: TopicModel, artifact: Path, articles: list[Article]) -> DriftMonitor:
    reference = drift_reference(artifact)
    assert reference is not None
    monitor = DriftMonitor(model, reference)
    for article, answer in zip(articles, model.classify(articles), strict=True):
        monitor.observe(article, answer)
        monitor.observe_words(article)
    return monitor


def all_shifts(report: DriftReport) -> list[float | None]:
    shifts = (*report.probabilities.values(), report.topics_found, report.length, report.unknown_words)
    return [one.psi for one in shifts]


def test_a_reference_comes_back_from_the_disk_as_it_was(saved: Path, trained: TrainedModel) -> None:
    assert drift_reference(saved) == trained.provenance.drift


def test_the_reference_knows_each_training_article_once(saved: Path, corpus: Corpus) -> None:
    reference = drift_reference(saved)
    assert reference is not None
    histograms = (*reference.probabilities.values(), reference.topics_found, reference.length, reference.unknown_words)
    assert {one.total for one in histograms} == {len(corpus.labelled)}


def test_the_training_articles_themselves_have_not_drifted(model: TopicModel, saved: Path, corpus: Corpus) -> None:
    report = monitor_of(model, saved, corpus.articles).report()
    assert report.n_articles == report.n_words_read == len(corpus.labelled)
    assert report.moved_terms == ()
    assert report.length.psi == 0
    assert not report.length.is_notable


def test_text_of_another_kind_has_drifted_and_its_words_are_named(model: TopicModel, saved: Path) -> None:
    rainy = [Article("أمطار وسيول", "أمطار رياح عاصفة " + "كلمة غريبة مجهولة " * 30)] * 50
    report = monitor_of(model, saved, rainy).report()
    for moved in (report.probabilities["weather"], report.length, report.unknown_words, report.topics_found):
        assert moved.is_notable
    rising = {term.text: term for term in report.moved_terms if term.observed > term.expected}
    assert rising["امطار"].observed == 1
    assert rising["امطار"].topic == "weather"
    assert rising["امطار"].weight > 0


def test_an_earlier_monitor_takes_the_place_of_training(model: TopicModel, saved: Path) -> None:
    football = [Article("هدف في مباراة", "سجل اللاعب هدف")] * 40
    earlier, later = monitor_of(model, saved, football), monitor_of(model, saved, football)
    assert set(all_shifts(later.report(earlier))) == {0}
    assert later.report(earlier).moved_terms == ()


def test_before_the_first_article_there_is_nothing_to_compare(model: TopicModel, saved: Path) -> None:
    report = monitor_of(model, saved, []).report()
    assert report.n_articles == 0
    assert set(all_shifts(report)) == {None}
    assert report.moved_terms == ()
    assert not report.length.is_notable


def test_words_may_be_read_of_a_sample_only(model: TopicModel, saved: Path) -> None:
    monitor = monitor_of(model, saved, [])
    for article in (Article("أمطار"), Article("هدف")):
        monitor.observe(article, *model.classify([article]))
    report = monitor.report()
    assert (report.n_articles, report.n_words_read, report.unknown_words.psi) == (2, 0, None)


@pytest.mark.parametrize(
    ("text", "share"), [("", 0), ("مجهولة", 1), ("أمطار مجهولة", 0.5), ("أمطار 2020", 0.5), ("أمطار عاصفة", 0)]
)
def test_the_unknown_share_counts_words(model: TopicModel, text: str, share: float) -> None:
    assert unknown_share(model.vocabulary.read(""), model.vocabulary.read(text)) == share


def edited(saved: Path, tmp_path: Path, drift: object) -> Path:
    copy = shutil.copytree(saved, tmp_path / "small")
    manifest = json.loads((copy / FILES.manifest).read_text())
    (copy / FILES.manifest).write_text(json.dumps(manifest | {"drift": drift}))
    return copy


def test_an_artifact_without_a_reference_still_loads(saved: Path, tmp_path: Path) -> None:
    older = edited(saved, tmp_path, None)
    assert load(older).name == "small"
    assert drift_reference(older) is None


@pytest.mark.parametrize("drift", [3, {}, {"probabilities": []}])
def test_a_reference_that_is_none_is_refused(saved: Path, tmp_path: Path, drift: object) -> None:
    with pytest.raises(ArtifactCorruptError, match="drift"):
        drift_reference(edited(saved, tmp_path, drift))


def test_a_reference_for_other_topics_is_refused(saved: Path, tmp_path: Path, trained: TrainedModel) -> None:
    assert trained.provenance.drift is not None
    drift = trained.provenance.drift.to_dict()
    del drift["probabilities"]["weather"]
    with pytest.raises(ArtifactCorruptError, match="other topics"):
        drift_reference(edited(saved, tmp_path, drift))
