"""All that the service keeps, opened together and closed together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from wasim.service.store.database import Database
from wasim.service.store.feedback import FeedbackStore
from wasim.service.store.key_ring import KeyRing
from wasim.service.store.keys import KeyStore


@dataclass(frozen=True, slots=True)
class Store:
    """What a running service needs of its database."""

    ring: KeyRing
    feedback: FeedbackStore


@contextmanager
def open_store(url: str, on_look: Callable[[bool], None] | None = None) -> Iterator[Store]:
    """Open the store for as long as the block runs; the key ring looks for changes meanwhile.

    Parameters
    ----------
    url
        Of the database.
    on_look
        Told at every look of the key ring whether the database answered.

    Raises
    ------
    SettingsError
        When the address is wrong. A database that does not answer raises nothing here: the key ring says so, and
        goes on looking.
    """
    database = Database(url)
    ring = KeyRing(KeyStore(database), on_look=on_look)
    ring.start()
    try:
        yield Store(ring, FeedbackStore(database))
    finally:
        ring.close()
        database.close()
