from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from wasim.model import Article, TopicModel
from wasim.model.errors import CorpusTooSmallError, CorpusUnreadableError, SettingsError
from wasim.training.corpus import Corpus
from wasim.training.import_formats.records import BadRecord
from wasim.training.review import candidates
from wasim.training.review.candidates import Wanted, queue_archive
from wasim.training.review.pool import PooledArticle
from wasim.training.review.queue import QueuedArticle, read_queue, write_queue
from wasim.training.review.selection import choose
from wasim.training.review.suspects import queue_suspects

UNCLEAR = "قال الناس في السوق والمدرسة بعد أمطار قبل أمس جديد الطريق البيت الشارع"
WORDS = "أمطار رياح السوق المدينة ملعب لاعب الشارع البيت الناس كبير جديد المدرسة الطريق"


def pool(texts: Sequence[str], labels: frozenset[str] | None = None) -> Iterator[PooledArticle]:
    return (PooledArticle(f"p{number}", Article(text), labels) for number, text in enumerate(texts))


def ids(queue: Sequence[QueuedArticle]) -> list[str]:
    return [queued.id for queued in queue]


def test_the_worthiest_come_first_and_no_more_than_wanted(model: TopicModel) -> None:
    texts = ["أمطار وسيول وعاصفة ورياح", UNCLEAR, "مباراة وهدف وحارس"]
    queue, seen = queue_archive(model, pool(texts), Wanted(2))
    assert ids(queue)[0] == "p1"
    assert len(queue) == 2
    assert seen.articles == 3
    assert queue[0].worth > queue[1].worth


def test_ten_near_equal_articles_are_shown_once(model: TopicModel) -> None:
    texts = [f"{WORDS} رقم {number}" for number in range(10)] + ["أمطار وسيول وعاصفة"]
    queue, _ = queue_archive(model, pool(texts), Wanted(10))
    assert len(queue) == 2
    assert sorted(queued.near_equal for queued in queue) == [0, 9]


def test_different_articles_and_topics_go_before_alike_ones(model: TopicModel) -> None:
    articles = [Article("أمطار رياح عاصفة سيول"), Article("سيول عاصفة رياح أمطار"), Article("هدف ملعب مدرب حارس")]
    worth, topics = np.array([[0.9, 0.8, 0.7]]), np.array([0, 0, 1])
    assert [choice.row for choice in choose(articles, worth, topics, model, 2)] == [0, 2]
    assert [choice.row for choice in choose(articles, worth, np.zeros(3, dtype=int), model, 2)] == [0, 2]
    assert [choice.row for choice in choose(articles[::2], worth[:, ::2], np.zeros(2, dtype=int), model, 2)] == [0, 1]


def test_several_reasons_to_read_take_turns(model: TopicModel) -> None:
    articles = [Article("أمطار رياح"), Article("هدف ملعب"), Article("سوق مدينة"), Article("مدرسة شارع")]
    worth = np.array([[0.9, 0.8, 0.2, 0.1], [0.1, 0.2, 0.8, 0.9]])
    chosen = choose(articles, worth, np.zeros(4, dtype=int), model, 4)
    assert [(choice.row, choice.turn) for choice in chosen] == [(0, 0), (3, 1), (1, 0), (2, 1)]


def test_a_named_topics_likeliest_articles_take_turns_with_the_doubtful(model: TopicModel) -> None:
    texts = ["مباراة وهدف وحارس", "أمطار وسيول وعاصفة ورياح", UNCLEAR]
    queue, _ = queue_archive(model, pool(texts), Wanted(2, frozenset({"weather"})))
    assert ids(queue)[1] == "p1"
    assert queue[1].why[0] == "among the likeliest for weather"
    assert queue[1].worth > 0.5
    assert "likeliest" not in str(queue_archive(model, pool(texts), Wanted(2))[0])


def test_what_was_decided_and_what_stands_twice_is_passed_over(model: TopicModel) -> None:
    rows = [*pool(["أمطار", "ملعب", "سوق"]), *pool(["غيوم"])]
    queue, seen = queue_archive(model, rows, Wanted(10, known_ids=frozenset({"p1"})))
    assert sorted(ids(queue)) == ["p0", "p2"]
    assert queue[ids(queue).index("p0")].title == "أمطار"
    assert seen.known == 2


def test_bad_rows_and_articles_too_long_are_counted(model: TopicModel) -> None:
    long = PooledArticle("long", Article("x" * (model.settings.longest_article + 1)))
    queue, seen = queue_archive(model, [BadRecord("a:1", "bad"), long, *pool(["أمطار"])], Wanted(10))
    assert ids(queue) == ["p0"]
    assert [bad.place for bad in seen.bad] == ["a:1", "id long"]


def test_an_empty_archive_gives_an_empty_queue(model: TopicModel) -> None:
    assert queue_archive(model, [], Wanted(10))[0] == []


def test_labels_that_the_model_does_not_believe_come_first(model: TopicModel) -> None:
    right = PooledArticle("right", Article("أمطار وسيول وعاصفة"), frozenset({"weather"}))
    wrong = PooledArticle("wrong", Article("مباراة وهدف وحارس"), frozenset({"weather", "snow"}))
    queue, _ = queue_archive(model, [right, wrong], Wanted(2))
    assert ids(queue) == ["wrong", "right"]
    assert queue[0].labels == ("snow", "weather")
    assert "labelled" in queue[0].why[0]


def test_only_the_topics_that_are_wanted_count(model: TopicModel) -> None:
    weather_is_clear = PooledArticle("w", Article(UNCLEAR), frozenset({"football"}))
    queue, _ = queue_archive(model, [weather_is_clear, *pool([UNCLEAR])], Wanted(2, frozenset({"weather"})))
    assert max(queued.worth for queued in queue) < 0.02
    with pytest.raises(SettingsError, match="small knows weather, football, not snow"):
        queue_archive(model, pool([UNCLEAR]), Wanted(2, frozenset({"snow"})))


def test_a_long_archive_is_never_held_whole(model: TopicModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "BATCH", 4)
    texts = ["أمطار وسيول وعاصفة ورياح"] * 30 + [UNCLEAR]
    queue, _ = queue_archive(model, pool(texts), Wanted(1))
    assert ids(queue) == ["p30"]


def test_a_wrong_label_in_a_corpus_is_found(corpus: Corpus, model: TopicModel) -> None:
    row = next(row for row, one in enumerate(corpus.labelled) if one.topics == ("weather",))
    wrong = corpus.labelled[row].model_copy(update={"topics": ("football",)})
    spoilt = Corpus(corpus.topics, (*corpus.labelled[:row], wrong, *corpus.labelled[row + 1 :]))
    queue = queue_suspects(spoilt, model.settings, 3)
    assert queue[0].id == wrong.id
    assert queue[0].labels == ("football",)


def test_suspects_need_a_corpus_that_can_be_cross_validated(corpus: Corpus, model: TopicModel) -> None:
    with pytest.raises(CorpusTooSmallError, match="weather"):
        queue_suspects(Corpus(corpus.topics, corpus.labelled[:8]), model.settings, 3)


def test_a_queue_comes_back_as_it_was_written(model: TopicModel, tmp_path: Path) -> None:
    queue, _ = queue_archive(model, pool(["أمطار في الملعب"], frozenset()), Wanted(5))
    write_queue(queue, tmp_path / "q.jsonl")
    assert read_queue(tmp_path / "q.jsonl") == queue


def test_a_queue_that_is_none_is_named_by_line(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": "1", "title": "", "text": "x"}\n{"id": 2}\n')
    with pytest.raises(CorpusUnreadableError, match=r"q.jsonl:2"):
        read_queue(tmp_path / "q.jsonl")
    with pytest.raises(CorpusUnreadableError, match="missing"):
        read_queue(tmp_path / "nowhere.jsonl")
