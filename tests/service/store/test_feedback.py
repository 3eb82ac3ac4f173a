"""Corrections are kept, once, for good, and found again, on SQLite and on PostgreSQL."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wasim.model import Article, Classification
from wasim.model.article import ScoredTopic
from wasim.model.errors import FeedbackConflictError, FeedbackInvalidError, FeedbackMissingError
from wasim.service.store.database import Database
from wasim.service.store.feedback import FeedbackStore
from wasim.service.store.records import Correction, Order, PageRequest, Prediction, Review, State

ARTICLE = Article("عنوان", "نص فيه 😀 وسطر\nثان")


def prediction(**probabilities: float) -> Prediction:
    probabilities = probabilities or {"rain": 0.9, "snow": 0.1}
    scored = tuple(ScoredTopic(topic, 0.0, value, 0.5) for topic, value in probabilities.items())
    return Prediction("small", Classification(scored))


@pytest.fixture
def store(database_url: str) -> Iterator[FeedbackStore]:
    database = Database(database_url)
    yield FeedbackStore(database)
    database.close()


def add(store: FeedbackStore, *topics: str, **more: str) -> str:
    return store.add(Correction(ARTICLE, topics, **more), prediction()).record.id


def test_a_correction_is_kept_with_everything_said(store: FeedbackStore) -> None:
    kept = store.add(Correction(ARTICLE, ("snow",), "desk", "ملاحظة", "key1", "k"), prediction()).record
    assert store.find(kept.id) == kept
    assert (kept.article, kept.topics, kept.predicted) == (ARTICLE, ("snow",), ("rain",))
    assert (kept.scores, kept.model) == ({"rain": 0.9, "snow": 0.1}, "small")
    assert (kept.by, kept.note, kept.caller, kept.state) == ("desk", "ملاحظة", "key1", State.OPEN)
    assert kept.received.utcoffset() is not None


def test_what_was_kept_is_there_after_the_service_is_gone(database_url: str) -> None:
    database = Database(database_url)
    kept = FeedbackStore(database).add(Correction(ARTICLE, ()), prediction()).record
    database.close()
    again = Database(database_url)
    assert FeedbackStore(again).find(kept.id) == kept
    again.close()


def test_the_same_correction_sent_again_is_kept_once(store: FeedbackStore) -> None:
    sent = Correction(ARTICLE, ("rain", "snow"), idempotency_key="a")
    first = store.add(sent, prediction())
    again = store.add(Correction(ARTICLE, ("snow", "rain"), idempotency_key="a"), prediction(rain=0.2, snow=0.3))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.record == first.record
    assert len(store.page(PageRequest()).items) == 1


def test_another_correction_under_the_same_key_is_refused(store: FeedbackStore) -> None:
    add(store, "rain", idempotency_key="a")
    with pytest.raises(FeedbackConflictError, match="another correction"):
        add(store, "snow", idempotency_key="a")


def test_two_callers_may_use_the_same_idempotency_key(store: FeedbackStore) -> None:
    assert add(store, caller="one", idempotency_key="a") != add(store, caller="two", idempotency_key="a")


def test_without_an_idempotency_key_each_is_kept(store: FeedbackStore) -> None:
    assert add(store) != add(store)


def test_many_at_once_under_one_key_are_kept_once(store: FeedbackStore) -> None:
    barrier = threading.Barrier(8)

    def send(_: int) -> str:
        barrier.wait()
        return add(store, "rain", idempotency_key="a")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, range(8)))) == 1
    assert len(store.page(PageRequest()).items) == 1


def test_many_writers_at_once_lose_nothing(store: FeedbackStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: add(store), range(80)))
    assert {record.id for record in store.page(PageRequest(limit=100)).items} == ids
    assert len(ids) == 80


def test_a_withdrawal_is_final_and_may_be_repeated(store: FeedbackStore) -> None:
    kept = add(store)
    assert store.withdraw(kept, "key1").state is State.WITHDRAWN
    assert store.withdraw(kept, "key1").state is State.WITHDRAWN
    with pytest.raises(FeedbackConflictError, match="withdrawn"):
        store.review(kept, Review(accepted=True))
    assert list(store.accepted()) == []


def test_an_accepted_correction_can_still_be_withdrawn(store: FeedbackStore) -> None:
    kept = add(store)
    store.review(kept, Review(accepted=True))
    assert store.withdraw(kept, "").state is State.WITHDRAWN
    assert list(store.accepted()) == []


def test_the_latest_review_holds_and_the_others_stay(store: FeedbackStore) -> None:
    kept = add(store, "rain")
    assert store.review(kept, Review(accepted=True)).topics == ("rain",)
    assert store.review(kept, Review(accepted=False)).state is State.REJECTED
    final = store.review(kept, Review(accepted=True, topics=("snow",)))
    assert (final.state, final.topics) == (State.ACCEPTED, ("snow",))
    assert store.review(kept, Review(accepted=True)).topics == ("snow",)
    assert store.review(kept, Review(accepted=True, topics=())).topics == ()


def test_a_sender_sees_only_what_it_sent(store: FeedbackStore) -> None:
    kept = add(store, caller="one")
    with pytest.raises(FeedbackMissingError):
        store.withdraw(kept, "two", sent_by="two")
    assert store.withdraw(kept, "one", sent_by="one").state is State.WITHDRAWN


@pytest.mark.parametrize("unknown", ["", "x", "0" * 16, "0" * 10_000, "\0", "\ud800", "' OR 1=1 --", "٠" * 16])
def test_an_unknown_id_is_missing(store: FeedbackStore, unknown: str) -> None:
    for act in (store.find, lambda one: store.withdraw(one, ""), lambda one: store.review(one, Review(accepted=True))):
        with pytest.raises(FeedbackMissingError):
            act(unknown)


def test_a_state_lists_its_own(store: FeedbackStore) -> None:
    ids = {state: add(store) for state in State}
    store.review(ids[State.ACCEPTED], Review(accepted=True))
    store.review(ids[State.REJECTED], Review(accepted=False))
    store.withdraw(ids[State.WITHDRAWN], "")
    for state in State:
        assert [record.id for record in store.page(PageRequest(state)).items] == [ids[state]]
    assert len(store.page(PageRequest()).items) == 4


def test_orders_put_first_what_they_say(store: FeedbackStore) -> None:
    def add_predicted(rain: float, *topics: str) -> str:
        return store.add(Correction(ARTICLE, topics), prediction(rain=rain, snow=0.0)).record.id

    wrong_and_sure, on_the_threshold, right = add_predicted(0.99), add_predicted(0.5), add_predicted(0.98, "rain")
    firsts = {order: store.page(PageRequest(order=order, limit=1)).items[0].id for order in Order}
    assert firsts == {
        Order.NEWEST: right,
        Order.UNCERTAIN: on_the_threshold,
        Order.DISAGREEING: wrong_and_sure,
    }


@pytest.mark.parametrize("order", Order)
def test_pages_show_each_once_whatever_comes_meanwhile(store: FeedbackStore, order: Order) -> None:
    values = [0.1, 0.5, 0.5, 0.5, 0.7, 0.1, 0.3]
    ids = [store.add(Correction(ARTICLE, ()), prediction(rain=value)).record.id for value in values]
    seen: list[str] = []
    after = None
    while True:
        page = store.page(PageRequest(order=order, limit=2, after=after))
        seen += [record.id for record in page.items]
        after = page.next
        if after is None:
            break
        store.add(Correction(ARTICLE, ("rain",), "late"), prediction(rain=0.6))
    assert [one for one in seen if one in ids] == sorted(set(seen) & set(ids), key=seen.index)
    assert set(ids) <= set(seen)
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "W10", "bnVsbA", "A" * 10_001, "\ud800", "WyJuZXdlc3QiLDEuMCwxZTk5XQ"]
)
def test_a_cursor_that_is_none_is_refused(store: FeedbackStore, cursor: str) -> None:
    with pytest.raises(FeedbackInvalidError, match="no cursor"):
        store.page(PageRequest(after=cursor))


def test_a_cursor_of_another_order_is_refused(store: FeedbackStore) -> None:
    for _ in range(2):
        add(store)
    after = store.page(PageRequest(limit=1)).next
    with pytest.raises(FeedbackInvalidError, match="uncertain"):
        store.page(PageRequest(order=Order.UNCERTAIN, after=after))


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=text, body=text, by=text, note=text)
def test_any_text_comes_back_as_it_was_sent(store: FeedbackStore, title: str, body: str, by: str, note: str) -> None:
    sent = Correction(Article(title, body), (), by, note)
    kept = store.find(store.add(sent, prediction()).record.id)
    assert (kept.article, kept.by, kept.note) == (sent.article, by, note)
