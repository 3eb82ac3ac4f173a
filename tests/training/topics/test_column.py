from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wasim.model import Article, Topic, TopicModel
from wasim.model.artifact import golden_articles, read_manifest, save
from wasim.model.errors import CorpusTooSmallError, SettingsError
from wasim.training.corpus import Corpus, LabelledArticle
from wasim.training.topics.column import extend, extended_card, fit_column, provenance_of, without_topic
from wasim.training.train import TrainedModel

STREETS = "الطريق الشارع البيت"
MARKET = "السوق الناس كبير"


@pytest.fixture(scope="module")
def labels() -> Corpus:
    """Articles about streets and about markets, in words that the small model has from its neutral articles."""
    rows = [
        LabelledArticle(
            id=f"{topic}{number}",
            title="",
            text=f"{words} اليوم قال المدينة {('أمس', 'بعد', 'قبل')[number % 3]}",
            topics=("streets",) if topic == "s" else (),
        )
        for number in range(8)
        for topic, words in (("s", STREETS), ("m", MARKET))
    ]
    return Corpus((Topic("streets", "شوارع", "Streets"), Topic("weather", "الطقس", "Weather")), tuple(rows))


@pytest.fixture
def extended(trained: TrainedModel, labels: Corpus) -> TopicModel:
    return extend(trained.model, fit_column(trained.model, "streets", labels))


def test_the_new_topic_is_learned(extended: TopicModel) -> None:
    assert [topic.id for topic in extended.topics] == ["weather", "football", "streets"]
    street, market = extended.classify([Article("", f"{STREETS} المدينة"), Article("", f"{MARKET} المدينة")])
    assert street.topics == ("streets",)
    assert market.topics == ()


def test_every_other_topic_keeps_its_weights_to_the_bit_and_its_answers(
    trained: TrainedModel, extended: TopicModel, corpus: Corpus, ten_articles: list[Article]
) -> None:
    model = trained.model
    assert np.array_equal(extended.linear.weights[:, :2], model.linear.weights)
    assert np.array_equal(extended.linear.bias[:2], model.linear.bias)
    for name in ("slopes", "offsets", "thresholds"):
        assert np.array_equal(getattr(extended.calibration, name)[:2], getattr(model.calibration, name))
    articles = [*corpus.articles, *ten_articles]
    for before, after in zip(model.classify(articles), extended.classify(articles), strict=True):
        assert after.topics[: len(before.topics)] == before.topics
        # A sum over three columns may round otherwise than one over two.
        kept = [scored.score for scored in after.scored[:2]]
        assert kept == pytest.approx([scored.score for scored in before.scored], abs=1e-12)


def test_the_compiled_path_answers_as_the_plain_one(extended: TopicModel, ten_articles: list[Article]) -> None:
    plain = [answer.topics for answer in extended.classify(ten_articles)]
    warm = replace(extended)
    assert warm.warm_up()
    assert [answer.topics for answer in warm.classify(ten_articles)] == plain


def test_equal_labels_give_an_equal_name(trained: TrainedModel, labels: Corpus, extended: TopicModel) -> None:
    again = extend(trained.model, fit_column(trained.model, "streets", labels))
    assert again.name == extended.name != trained.model.name
    assert extend(trained.model, fit_column(trained.model, "streets", labels), "mine").name == "mine"


def test_a_few_labels_that_are_cut_cleanly_do_not_promise_certainty(trained: TrainedModel, labels: Corpus) -> None:
    column = fit_column(trained.model, "streets", labels)
    assert column.figures.f1 == 1
    assert 0.01 < column.probabilities.min() < 0.2
    assert 0.8 < column.probabilities.max() < 0.99


def test_too_few_of_either_kind_are_counted(trained: TrainedModel, labels: Corpus) -> None:
    few = Corpus(labels.topics, labels.labelled[:8])
    with pytest.raises(CorpusTooSmallError, match="streets has 4 articles with it and 4 without"):
        fit_column(trained.model, "streets", few)


@pytest.mark.parametrize(
    ("topic", "message"), [("weather", "small knows weather already"), ("snow", "define streets, weather, not snow")]
)
def test_a_topic_must_be_new_and_labelled(trained: TrainedModel, labels: Corpus, topic: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        fit_column(trained.model, topic, labels)


def test_an_extended_model_is_saved_with_where_it_comes_from(
    trained: TrainedModel, saved: Path, labels: Corpus, tmp_path: Path
) -> None:
    column = fit_column(trained.model, "streets", labels)
    extended = extend(trained.model, column)
    card = extended_card((saved / "card.md").read_text(), extended, column, len(labels.labelled))
    path = save(extended, provenance_of(saved, extended, column, labels), card, tmp_path)
    manifest, before = read_manifest(path), read_manifest(saved)
    assert TopicModel.load(path).topics[-1].id == "streets"
    assert [figures["topic"] for figures in manifest["metrics"]["topics"]] == ["weather", "football", "streets"]
    assert manifest["metrics"]["topics"][:2] == before["metrics"]["topics"]
    assert manifest["fingerprint"] != before["fingerprint"]
    assert manifest["n_articles"] == before["n_articles"] + 16
    assert card.startswith(f"# {extended.name}\n")
    assert "## Added: Streets (شوارع)" in card
    for golden in golden_articles(path):
        assert TopicModel.load(path).classify([golden.article])[0].topics == golden.topics


def test_a_topic_that_is_learned_anew_takes_the_same_place(
    trained: TrainedModel, extended: TopicModel, labels: Corpus, ten_articles: list[Article]
) -> None:
    anew = extend(without_topic(extended, "streets"), fit_column(trained.model, "streets", labels))
    assert anew.name == extended.name
    assert anew.classify(ten_articles) == extended.classify(ten_articles)
    assert without_topic(trained.model, "nothing").classify(ten_articles) == trained.model.classify(ten_articles)


def test_any_number_of_topics_can_be_added(
    trained: TrainedModel, extended: TopicModel, labels: Corpus, draw_corpus: Callable[[dict[str, str]], Corpus]
) -> None:
    renamed = Corpus((Topic("roads", "طرق", "Roads"),), tuple(
        row.model_copy(update={"topics": ("roads",) if row.topics else ()}) for row in labels.labelled
    ))  # fmt: skip
    twice = extend(extended, fit_column(extended, "roads", renamed))
    assert [topic.id for topic in twice.topics] == ["weather", "football", "streets", "roads"]
