"""The committed model: what it was made from, how large it is, and how good on real news."""

from pathlib import Path

from wasim.model import TopicModel
from wasim.model.registry import Registry
from wasim.training.corpus import read_corpus
from wasim.training.coverage import coverage_toml
from wasim.training.evaluation.evaluate import evaluate
from wasim.training.evaluation.judged import read_judged
from wasim.training.fit import FitSettings
from wasim.training.train import train


def test_the_committed_model_is_what_the_committed_corpus_trains_to(root: Path, default_model: TopicModel) -> None:
    corpus = read_corpus([root / "training/corpus"])
    again = train(corpus, fit=FitSettings()).model
    sample = corpus.articles[::25]
    assert again.topics == default_model.topics
    assert [answer.topics for answer in again.classify(sample)] == [
        answer.topics for answer in default_model.classify(sample)
    ]


def test_the_committed_artifact_is_small(root: Path) -> None:
    files = Registry(root / "artifacts").path().iterdir()
    assert sum(path.stat().st_size for path in files) < 10_000_000


def test_the_committed_model_is_right_on_real_news(default_model: TopicModel, gold_dev: Path) -> None:
    evaluation = evaluate(default_model, read_judged(gold_dev, default_model))
    assert evaluation.metrics.macro_f1 >= 0.90
    assert evaluation.lenient_macro_f1 >= 0.96
    assert evaluation.metrics.macro_average_precision >= 0.95
    assert min(topic.f1 for topic in evaluation.metrics.topics) >= 0.86
    assert max(topic.calibration_error for topic in evaluation.metrics.topics) <= 0.05


def test_the_coverage_map_is_up_to_date(root: Path) -> None:
    folder = root / "training/corpus"
    assert (folder / "coverage.toml").read_text(encoding="utf-8") == coverage_toml(read_corpus([folder]))


def test_the_corpus_is_what_its_readme_promises(root: Path) -> None:
    corpus = read_corpus([root / "training/corpus"])
    labels, mentions = corpus.labels, corpus.mentions
    n_topics = labels.sum(axis=1)
    assert labels.sum(axis=0).min() >= 60
    assert (n_topics >= 2).sum() >= 60
    assert (n_topics >= 3).sum() >= 3
    assert (n_topics == 0).mean() >= 0.4
    assert (mentions.any(axis=1) & (n_topics == 0)).sum() >= 65
    for first in range(labels.shape[1]):
        for second in range(first):
            assert (labels[:, first] & labels[:, second]).any()
