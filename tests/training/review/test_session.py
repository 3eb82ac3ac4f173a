from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wasim.model import Topic
from wasim.training.review.labels import LabelFolder
from wasim.training.review.queue import QueuedArticle
from wasim.training.review.session import Mark, ReviewSession

TOPICS = tuple(Topic(f"t{number}", f"موضوع {number}", f"Topic {number}") for number in range(1, 12))
QUEUE = [QueuedArticle(id=name, title=name, text="نص", suggested=("t1",)) for name in ("a", "b", "c")]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[LabelFolder]:
    with LabelFolder(tmp_path, TOPICS) as opened:
        yield opened


def press(session: ReviewSession, keys: str) -> None:
    for key in keys:
        session.press(key)


def test_digits_toggle_topics_and_m_makes_a_mention(folder: LabelFolder) -> None:
    session = ReviewSession(QUEUE, folder)
    press(session, "2m31\n")
    assert folder.labelled["a"].topics == ("t2",)
    assert folder.labelled["a"].mentions == ("t3",)
    assert session.current is QUEUE[1]


def test_what_the_model_suggests_or_somebody_gave_is_marked_at_first(folder: LabelFolder) -> None:
    given_before = QueuedArticle(id="x", title="x", text="", suggested=("t1",), labels=("t2",), mentions=("t4",))
    marks = ReviewSession([given_before], folder).marks
    assert {topic: mark for topic, mark in marks.items() if mark} == {"t2": Mark.ABOUT, "t4": Mark.MENTION}
    assert ReviewSession(QUEUE, folder).marks["t1"] is Mark.ABOUT


def test_m_twice_is_as_if_it_was_not_pressed(folder: LabelFolder) -> None:
    session = ReviewSession(QUEUE, folder)
    press(session, "mm2")
    assert session.marks["t2"] is Mark.ABOUT


def test_undo_opens_the_last_article_as_it_was_decided(folder: LabelFolder) -> None:
    session = ReviewSession(QUEUE, folder)
    press(session, "1m2\nsu")
    assert session.current is QUEUE[1]
    press(session, "u")
    assert session.current is QUEUE[0]
    assert (session.marks["t1"], session.marks["t2"]) == (Mark.NONE, Mark.MENTION)
    assert "a" not in folder


def test_undo_leaves_another_queues_articles_alone(folder: LabelFolder) -> None:
    press(ReviewSession(QUEUE[:1], folder), "\n")
    press(ReviewSession(QUEUE[1:], folder), "u")
    assert "a" in folder


def test_a_new_session_goes_on_where_the_last_one_stopped(folder: LabelFolder) -> None:
    press(ReviewSession(QUEUE, folder), "\ns")
    session = ReviewSession(QUEUE, folder)
    assert session.current is QUEUE[2]
    press(session, "\n")
    assert session.current is None
    press(session, "1\ns")  # nothing is left, so nothing happens
    assert len(folder.labelled) == 2


def test_tab_reaches_the_tenth_topic(folder: LabelFolder) -> None:
    session = ReviewSession(QUEUE, folder)
    press(session, "\t2\t3\n")
    assert folder.labelled["a"].topics == ("t1", "t3", "t11")


def test_arabic_digits_are_digits(folder: LabelFolder) -> None:
    session = ReviewSession(QUEUE, folder)
    press(session, "٢0٩²x")
    assert [topic for topic, mark in session.marks.items() if mark] == ["t1", "t2", "t9"]


@given(keys=st.text(alphabet="123m\nsu\tqb x٠", max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_whatever_is_pressed_every_article_is_decided_once_or_open(
    keys: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("labels")
    with LabelFolder(place, TOPICS) as folder:
        press(ReviewSession(QUEUE, folder), keys)
        decided = [*folder.labelled, *folder.skipped]
    assert len(decided) == len(set(decided)) <= len(QUEUE)
    with LabelFolder(place, TOPICS) as folder:
        assert sorted([*folder.labelled, *folder.skipped]) == sorted(decided)
