"""API keys: who may ask the service what."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from wasim.model.errors import KeyMissingError, SettingsError
from wasim.service.store.database import Database
from wasim.service.store.schema import api_keys
from wasim.service.store.scope import Scope

_LONGEST_NAME = 100
_TOKEN_PREFIX = "wasim"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as the store knows it: enough to recognise its token, not enough to make it."""

    id: str
    name: str
    scopes: frozenset[Scope]
    salt: bytes
    digest: bytes
    created: datetime
    revoked: datetime | None = None

    def opens_with(self, secret: str) -> bool:
        """Say whether a token's secret part is this key's, in a time that tells nothing about it."""
        return hmac.compare_digest(self.digest, _digest(secret, self.salt))


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its token, which is shown once and kept nowhere."""

    key: ApiKey
    token: str


@dataclass(frozen=True, slots=True)
class Token:
    """What a caller sends: ``wasim_<id of the key>_<secret>``."""

    key_id: str
    secret: str

    @classmethod
    def parse(cls, sent: str) -> "Token | None":
        """Take a token apart; None when it is none.

        Examples
        --------
        >>> Token.parse("wasim_0123456789ab_secret_part")
        Token(key_id='0123456789ab', secret='secret_part')
        >>> Token.parse("secret") is None
        True
        """
        match sent.split("_", 2):
            case [prefix, key_id, secret] if prefix == _TOKEN_PREFIX:
                return cls(key_id, secret)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The keys in a database."""

    database: Database

    def create(self, name: str, scopes: frozenset[Scope]) -> IssuedKey:
        """Make a key.

        Parameters
        ----------
        name
            Says to people whose key it is; 1 to 100 printable characters.
        scopes
            At least one.

        Raises
        ------
        SettingsError
            When there is no scope, or the name can't be shown.
        """
        if not scopes or not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
            raise SettingsError(
                f"a key needs one of the scopes {', '.join(Scope)} and a name of 1 to {_LONGEST_NAME} printable "
                "characters"
            )
        # 256 random bits can't be guessed, so a fast hash protects them as well as a slow one would.
        secret, salt = secrets.token_urlsafe(32), secrets.token_bytes(hashlib.blake2b.SALT_SIZE)
        key = ApiKey(secrets.token_hex(6), name, scopes, salt, _digest(secret, salt), datetime.now(UTC))
        row = {
            "id": key.id,
            "name": key.name,
            "scopes": sorted(key.scopes),
            "salt": key.salt,
            "digest": key.digest,
            "created": key.created,
        }
        with self.database.writing() as connection:
            connection.execute(insert(api_keys).values(row))
        return IssuedKey(key, f"{_TOKEN_PREFIX}_{key.id}_{secret}")

    def all(self) -> list[ApiKey]:
        """List every key ever made, revoked ones too, the oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.created, api_keys.c.id)).all()
        return [
            ApiKey(row.id, row.name, frozenset(map(Scope, row.scopes)), row.salt, row.digest, row.created, row.revoked)
            for row in rows
        ]

    def revoke(self, key_id: str) -> ApiKey:
        """Make a key worthless from now on; a revoked one stays as it is.

        Raises
        ------
        KeyMissingError
            When there is no such key.
        """
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            connection.execute(
                update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked.is_(None)).values(revoked=now)
            )
        for key in self.all():
            if key.id == key_id:
                return replace(key, revoked=key.revoked or now)
        raise KeyMissingError(f"there is no key {key_id!r}. See: wasim keys list")


def _digest(secret: str, salt: bytes) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=32, salt=salt, person=b"wasim api key").digest()
