"""The contract of every model, fitted or loaded."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wasim.model import Article, TopicModel
from wasim.model.errors import ArticleTooLongError
from wasim.training.train import TrainedModel

words = st.sampled_from(["أمطار", "ورياح", "عاصفة", "مباراة", "هدف", "حارس", "اليوم", "السوق", "xyz", "١٢", "غَيْمٌ"])
long_texts = st.lists(words, max_size=200).map(" ".join)
articles = st.builds(Article, long_texts, long_texts) | st.builds(Article, st.text(max_size=30), st.text(max_size=200))
same_model = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@same_model
@given(batch=st.lists(articles, max_size=6))
def test_a_batch_answers_as_its_articles_alone_do(model: TopicModel, batch: list[Article]) -> None:
    together = model.classify(batch)
    alone = [model.classify([article])[0] for article in batch]
    assert [answer.topics for answer in together] == [answer.topics for answer in alone]
    for one, other in zip(together, alone, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-12)


@same_model
@given(article=articles)
def test_bias_and_contributions_add_up_to_the_score(model: TopicModel, article: Article) -> None:
    [answer] = model.classify([article], explain=True)
    for scored in answer.scored:
        total = scored.bias + sum(term.contribution for term in scored.terms)
        assert total == pytest.approx(scored.score, abs=1e-9)


@same_model
@given(article=articles)
def test_an_explanation_changes_no_answer(model: TopicModel, article: Article) -> None:
    [plain], [explained] = model.classify([article]), model.classify([article], explain=True)
    assert plain.probabilities == explained.probabilities
    assert plain.topics == explained.topics


@same_model
@given(article=articles)
def test_a_terms_spans_hold_the_term(model: TopicModel, article: Article) -> None:
    [answer] = model.classify([article], explain=True)
    for term in answer.scored[0].terms:
        for span in term.spans:
            found = model.vocabulary.read(getattr(article, span.field)[span.start : span.end])
            assert term.text in {model.vocabulary.terms[row] for row in found.ids}


@same_model
@given(article=articles)
def test_probabilities_lie_between_0_and_1(model: TopicModel, article: Article) -> None:
    [answer] = model.classify([article])
    assert all(0 <= probability <= 1 for probability in answer.probabilities.values())


def test_scores_have_a_row_an_article_and_a_column_a_topic(model: TopicModel) -> None:
    for batch in ([], [Article()], [Article("أمطار"), Article("هدف")]):
        assert model.score(batch).scores.shape == (len(batch), len(model.topics))


def test_articles_get_their_topics(model: TopicModel) -> None:
    rain, goal, both, neither = model.classify(
        [
            Article("أمطار وسيول", "رياح عاصفة وبرودة وضباب"),
            Article("هدف في المباراة", "حارس المرمى والمدرب في الملعب"),
            Article("أمطار في المباراة", "رياح عاصفة وسيول أوقفت لاعب الدوري والحارس والجمهور في الملعب"),
            Article("السوق", "قال الناس في المدينة أمس"),
        ]
    )
    assert (rain.topics, goal.topics) == (("weather",), ("football",))
    assert set(both.topics) == {"weather", "football"}
    assert neither.topics == ()


@pytest.mark.parametrize("text", ["", "   \n", "latin words only", "زخخخخ ططططط", "😀🎉", "123 456", "\x00\x01"])
def test_an_article_without_a_known_word_has_no_topic_and_probability_0(model: TopicModel, text: str) -> None:
    [answer] = model.classify([Article("", text)])
    assert answer.topics == ()
    assert set(answer.probabilities.values()) == {0.0}


def test_spelling_variants_get_equal_answers(model: TopicModel) -> None:
    plain, *variants = model.classify(
        Article("", text)
        for text in (
            "الأرصاد تتوقع أمطارا",
            "الأَرْصَاد تتوقَّع أمطارًا",
            "الأرصـــاد تتوقـع أمطـارا",
            "الأر\u200dصاد تتوقع أم\u200fطارا",
        )
    )
    assert all(variant.probabilities == plain.probabilities for variant in variants)


def test_an_article_that_is_too_long_is_refused_by_its_number(model: TopicModel) -> None:
    with pytest.raises(ArticleTooLongError, match="article 1: 1,000,001 characters"):
        model.classify([Article("أمطار"), Article("", "ا" * 1_000_001)])


def test_the_longest_article_is_answered(model: TopicModel) -> None:
    text = ("أمطار " * 170_000)[:1_000_000]
    assert "weather" in model.classify([Article("", text)])[0].topics


def test_one_paragraph_in_a_long_article_raises_its_topics_score(default_model: TopicModel) -> None:
    sport = "سجل المهاجم هدفا في الدقيقة الأخيرة وفاز الفريق على ضيفه في الملعب وسط فرحة الجماهير. "
    cure = "وقالت وزارة الصحة إن حملة التطعيم ضد الحصبة بدأت وإن جرعات اللقاح وصلت إلى مراكز تحصين الأطفال. "
    [without], [with_paragraph] = (
        default_model.classify([Article("", sport * 15 + ending)]) for ending in ("", cure * 4)
    )
    assert with_paragraph.probabilities["vaccines"] > without.probabilities["vaccines"] + 0.2


def test_the_best_passage_is_where_the_topic_is(default_model: TopicModel) -> None:
    text = "سجل المهاجم هدفا في الدقيقة الأخيرة وفاز الفريق على ضيفه. " * 15 + "وصلت جرعات اللقاح لتطعيم الأطفال. " * 12
    [answer] = default_model.classify([Article("", text)], explain=True)
    vaccines = next(scored for scored in answer.scored if scored.topic == "vaccines")
    assert vaccines.passage is not None
    assert text[vaccines.passage.start : vaccines.passage.end].count("اللقاح") >= 8


def test_a_loaded_model_scores_as_the_fitted_one(trained: TrainedModel, saved, ten_articles: list[Article]) -> None:
    loaded = TopicModel.load(saved)
    np.testing.assert_array_equal(loaded.score(ten_articles).scores, trained.model.score(ten_articles).scores)
