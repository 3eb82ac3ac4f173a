"""The keys held in memory, so that checking one asks no database and a database at fault stops no answer."""

import threading
from collections.abc import Callable, Mapping

from wasim.model.errors import StoreError
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
    on_look
        Told after every look whether the database answered.
    """

    def __init__(
        self,
        store: KeyStore,
        seconds_between_looks: float = SECONDS_BETWEEN_LOOKS,
        on_look: Callable[[bool], None] | None = None,
    ) -> None:
        self._store, self._pause, self._on_look = store, seconds_between_looks, on_look
        self._known: Mapping[str, ApiKey] | None = None
        self._closing = threading.Event()
        self._looking = threading.Thread(target=self._look_until_closed, name="wasim-keys", daemon=True)
        self.failure: StoreError | None = None
        self._look()

    def start(self) -> None:
        """Begin to look again and again, in a thread of its own."""
        self._looking.start()

    def close(self) -> None:
        """Stop looking."""
        self._closing.set()
        if self._looking.is_alive():
            self._looking.join()

    def known_keys(self) -> Mapping[str, ApiKey]:
        """Return all keys by id.

        Raises
        ------
        StoreError
            When the database has not answered since this was made, so that nobody knows who may pass.
        """
        if self._known is None and self.failure is not None:
            raise type(self.failure)(str(self.failure))
        return self._known or {}

    @property
    def is_empty(self) -> bool:
        """Whether no key was ever made; a revoked one counts, so that revoking the last opens nothing."""
        return not self.known_keys()

    def find(self, sent: str) -> ApiKey | None:
        """Return the key that a token opens, unless it is revoked."""
        token = Token.parse(sent)
        key = self.known_keys().get(token.key_id) if token else None
        return key if token and key and not key.revoked and key.opens_with(token.secret) else None

    def _look(self) -> None:
        try:
            self._known = {key.id: key for key in self._store.all()}
            self.failure = None
        except StoreError as error:
            self.failure = error
        if self._on_look is not None:
            self._on_look(self.failure is None)

    def _look_until_closed(self) -> None:
        while not self._closing.wait(self._pause):
            self._look()
