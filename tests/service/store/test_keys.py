"""Keys are made, listed and revoked; their secrets are kept nowhere."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from wasim.model.errors import KeyMissingError, SettingsError
from wasim.service.store.database import Database
from wasim.service.store.key_ring import KeyRing
from wasim.service.store.keys import KeyStore, Token
from wasim.service.store.scope import Scope

PREDICT = frozenset({Scope.PREDICT})


@pytest.fixture
def keys(database_url: str) -> Iterator[KeyStore]:
    database = Database(database_url)
    yield KeyStore(database)
    database.close()


def test_a_key_is_listed_as_it_was_made(keys: KeyStore) -> None:
    issued = keys.create("غرفة الأخبار", frozenset(Scope))
    assert keys.all() == [issued.key]
    assert issued.key.revoked is None


def test_the_database_does_not_hold_the_token(keys: KeyStore) -> None:
    issued = keys.create("newsroom", PREDICT)
    token = Token.parse(issued.token)
    assert token is not None
    with keys.database.reading() as connection:
        [row] = connection.execute(text("SELECT * FROM api_keys")).all()
    assert token.secret not in repr(row)
    assert token.secret.encode() not in (bytes(row.digest), bytes(row.salt))


def test_equal_names_get_different_tokens_and_salts(keys: KeyStore) -> None:
    one, other = keys.create("newsroom", PREDICT), keys.create("newsroom", PREDICT)
    assert one.token != other.token
    assert one.key.salt != other.key.salt
    assert len(one.token) > 50


def test_a_revoked_key_opens_nothing(keys: KeyStore) -> None:
    issued = keys.create("newsroom", PREDICT)
    revoked = keys.revoke(issued.key.id)
    assert revoked.revoked is not None
    assert keys.revoke(issued.key.id) == revoked
    assert KeyRing(keys).find(issued.token) is None


def test_revoking_one_key_leaves_the_others(keys: KeyStore) -> None:
    one, other = keys.create("one", PREDICT), keys.create("other", PREDICT)
    keys.revoke(one.key.id)
    assert KeyRing(keys).find(other.token) == other.key


def test_a_key_that_is_not_there_can_not_be_revoked(keys: KeyStore) -> None:
    with pytest.raises(KeyMissingError, match="wasim keys list"):
        keys.revoke("0" * 12)


@pytest.mark.parametrize("name", ["", "x" * 101, "a\nb", "a\0b", "\ud800"])
def test_a_name_that_can_not_be_shown_is_refused(keys: KeyStore, name: str) -> None:
    with pytest.raises(SettingsError):
        keys.create(name, PREDICT)


def test_a_key_without_a_scope_is_refused(keys: KeyStore) -> None:
    with pytest.raises(SettingsError, match="predict, feedback, admin"):
        keys.create("newsroom", frozenset())


def test_a_ring_learns_of_new_and_revoked_keys_by_itself(keys: KeyStore) -> None:
    ring = KeyRing(keys, seconds_between_looks=0.02)
    ring.start()
    issued = keys.create("newsroom", PREDICT)
    wait_until(lambda: ring.find(issued.token) == issued.key)
    keys.revoke(issued.key.id)
    wait_until(lambda: ring.find(issued.token) is None)
    ring.close()


def wait_until(holds: object) -> None:
    assert callable(holds)
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)
