"""All that the service keeps, opened together and closed together."""

from collections.abc import Iterator
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
def open_store(url: str) -> Iterator[Store]:
    """Open the store for as long as the block runs; the key ring looks for changes meanwhile.

    Raises
    ------
    SettingsError, StoreError
        When the address is wrong, or the database can't be used.
    """
    database = Database(url)
    ring = KeyRing(KeyStore(database))
    ring.start()
    try:
        yield Store(ring, FeedbackStore(database))
    finally:
        ring.close()
        database.close()
