"""Who may ask what."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from wasim.model.errors import ScopeMissingError, SettingsError, StoreUnavailableError, UnauthenticatedError
from wasim.service.http.access import ANYBODY, Access, require_safe_address
from wasim.service.settings import ServiceSettings
from wasim.service.store.database import Database
from wasim.service.store.key_ring import KeyRing
from wasim.service.store.keys import IssuedKey, KeyStore
from wasim.service.store.scope import Scope


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyStore]:
    database = Database(f"sqlite:///{tmp_path}/wasim.db")
    yield KeyStore(database)
    database.close()


@pytest.fixture
def key(keys: KeyStore) -> IssuedKey:
    return keys.create("newsroom", frozenset({Scope.PREDICT}))


def access(keys: KeyStore, mode: str = "auto") -> Access:
    return Access(ServiceSettings.model_validate({"access": mode}), KeyRing(keys))


def bearer(token: str) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]


def test_without_any_key_everybody_passes(keys: KeyStore) -> None:
    assert access(keys).check([], Scope.ADMIN) is ANYBODY


def test_the_first_key_closes_the_door(keys: KeyStore, key: IssuedKey) -> None:
    with pytest.raises(UnauthenticatedError, match="Authorization: Bearer"):
        access(keys).check([], Scope.PREDICT)


def test_revoking_the_last_key_does_not_open_it_again(keys: KeyStore, key: IssuedKey) -> None:
    keys.revoke(key.key.id)
    with pytest.raises(UnauthenticatedError):
        access(keys).check([], Scope.PREDICT)


def test_keys_can_be_asked_for_before_there_is_one_and_never(keys: KeyStore) -> None:
    with pytest.raises(UnauthenticatedError):
        access(keys, "keys").check([], Scope.PREDICT)
    keys.create("newsroom", frozenset({Scope.PREDICT}))
    assert access(keys, "open").check([], Scope.PREDICT) is ANYBODY


def test_a_key_says_whose_it_is(keys: KeyStore, key: IssuedKey) -> None:
    caller = access(keys).check(bearer(key.token), Scope.PREDICT)
    assert (caller.key_id, caller.name) == (key.key.id, "newsroom")


@pytest.mark.parametrize("scope", [Scope.FEEDBACK, Scope.ADMIN])
def test_a_key_is_good_for_its_own_scopes_alone(keys: KeyStore, key: IssuedKey, scope: Scope) -> None:
    with pytest.raises(ScopeMissingError, match=f"needs {scope}"):
        access(keys).check(bearer(key.token), scope)


def test_a_header_that_is_no_key_is_refused(keys: KeyStore, key: IssuedKey) -> None:
    door = access(keys)
    [sent] = bearer(key.token)[1:]
    for headers in (
        [(b"authorization", b"")],
        [(b"authorization", b"Bearer")],
        [(b"authorization", b"Basic " + key.token.encode())],
        [(b"authorization", b"Bearer \xff\xfe\x00")],
        bearer("wasim_"),
        bearer(f"wasim_{key.key.id}_"),
        bearer(f"wasim_{'0' * 12}_{'x' * 43}"),
        bearer(key.token[:-1]),
        bearer(key.token + "x"),
        bearer("x" * 1_000_000),
        [sent, sent],  # which of them would count?
    ):
        with pytest.raises(UnauthenticatedError):
            door.check(headers, Scope.PREDICT)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "news.example"])
def test_an_open_service_is_for_this_machine_alone(keys: KeyStore, host: str) -> None:
    with pytest.raises(SettingsError, match="wasim keys create"):
        require_safe_address(ServiceSettings(host=host), access(keys))
    require_safe_address(ServiceSettings(host=host, access="open"), access(keys, "open"))
    require_safe_address(ServiceSettings(host=host, access="keys"), access(keys, "keys"))
    keys.create("newsroom", frozenset({Scope.PREDICT}))
    require_safe_address(ServiceSettings(host=host), access(keys))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_loopback_a_service_without_keys_starts(keys: KeyStore, host: str) -> None:
    require_safe_address(ServiceSettings(host=host), access(keys))


def test_while_the_store_was_never_reached_nobody_passes_unless_all_may(tmp_path: Path) -> None:
    store = KeyStore(Database(f"sqlite:///{tmp_path}/nowhere/wasim.db"))
    for mode in ("auto", "keys"):
        door = access(store, mode)
        for ask in (door.require_known, lambda door=door: door.check(bearer("wasim_0_x"), Scope.PREDICT)):
            with pytest.raises(StoreUnavailableError):
                ask()
    access(store, "open").require_known()
    assert access(store, "open").check([], Scope.PREDICT) is ANYBODY
