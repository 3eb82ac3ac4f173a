"""The keys held in memory, so that checking one asks no database and a database at fault stops no answer."""

import threading
from collections.abc import Mapping

from wasim.model.errors import StoreUnavailableError
from wasim.service.store.keys import ApiKey, KeyStore, Token

SECONDS_BETWEEN_LOOKS = 1.0


class KeyRing:
    """All keys as they stood at the last look, at most some seconds ago.

    While the database can't be reached the last known keys hold: nobody could revoke one then, and the
    newsroom's predictions go on.

    Parameters
    ----------
    store
        Where the keys are.
    seconds_between_looks
        How long a new or revoked key may take to be known here.
    """

    def __init__(self, store: KeyStore, seconds_between_looks: float = SECONDS_BETWEEN_LOOKS) -> None:
        self._store, self._pause = store, seconds_between_looks
        self._keys: Mapping[str, ApiKey] = {}
        self._closing = threading.Event()
        self._looking = threading.Thread(target=self._look_until_closed, name="wasim-keys", daemon=True)
        self.store_failure: str | None = None
        self._look()

    def start(self) -> None:
        """Begin to look again and again, in a thread of its own."""
        self._looking.start()

    def close(self) -> None:
        """Stop looking."""
        self._closing.set()
        if self._looking.is_alive():
            self._looking.join()

    @property
    def is_empty(self) -> bool:
        """Whether no key was ever made; a revoked one counts, so that revoking the last opens nothing."""
        return not self._keys

    def find(self, sent: str) -> ApiKey | None:
        """Return the key that a token opens, unless it is revoked."""
        token = Token.parse(sent)
        key = self._keys.get(token.key_id) if token else None
        return key if token and key and not key.revoked and key.opens_with(token.secret) else None

    def _look(self) -> None:
        self._keys = {key.id: key for key in self._store.all()}

    def _look_until_closed(self) -> None:
        while not self._closing.wait(self._pause):
            try:
                self._look()
                self.store_failure = None
            except StoreUnavailableError as error:
                self.store_failure = str(error)
