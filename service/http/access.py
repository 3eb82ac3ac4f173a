"""Who may ask what: every route's first question."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from wasim.model.errors import ScopeMissingError, SettingsError, UnauthenticatedError
from wasim.service.http.state import service_of
from wasim.service.settings import ServiceSettings
from wasim.service.store.key_ring import KeyRing
from wasim.service.store.scope import Scope

__all__ = ["ANYBODY", "Access", "Caller", "Needs", "Scope", "require_safe_address"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id, name and scopes of the key; the id is empty where no key is asked for."""

    key_id: str
    name: str
    scopes: frozenset[Scope]


ANYBODY = Caller("", "anybody", frozenset(Scope))


class Access:
    """Lets a request pass or not.

    Parameters
    ----------
    settings
        ``access`` says whether keys are asked for: always (``keys``), never (``open``), or as soon as the
        first key was made (``auto``).
    ring
        The keys.
    """

    def __init__(self, settings: ServiceSettings, ring: KeyRing) -> None:
        self._mode, self._ring = settings.access, ring

    @property
    def is_open(self) -> bool:
        """Whether anybody may ask anything."""
        return self._mode == "open" or (self._mode == "auto" and self._ring.is_empty)

    def require_known(self) -> None:
        """Raise StoreError when it is not known who may pass, because the store has not answered yet."""
        if self._mode != "open":
            self._ring.known_keys()

    def check(self, headers: Iterable[tuple[bytes, bytes]], scope: Scope) -> Caller:
        """Find out who asks, and refuse who may not; asks no database and takes microseconds.

        Parameters
        ----------
        headers
            The request's, as ASGI has them: pairs of a lower-case name and a value.
        scope
            What the route is good for.

        Raises
        ------
        UnauthenticatedError
            When there is no key, or one that is unknown or revoked.
        ScopeMissingError
            When the key is not good for this.
        StoreError
            When the keys are not known yet.
        """
        if self.is_open:
            return ANYBODY
        key = self._ring.find(_bearer_token(headers))
        if key is None:
            raise UnauthenticatedError("the API key is unknown or was revoked. See: wasim keys list")
        if scope not in key.scopes:
            raise ScopeMissingError(
                f"key {key.name!r} is good for {', '.join(sorted(key.scopes))}, and this needs {scope}. "
                f"Make one: wasim keys create NAME --scope {scope}"
            )
        return Caller(key.id, key.name, key.scopes)


# Only tells the documentation of the keys; Access.check is what reads them.
_BEARER = HTTPBearer(auto_error=False, scheme_name="API key", description="Made by wasim keys create.")


@dataclass(frozen=True, slots=True)
class Needs:
    """FastAPI dependency of a route that is good for one scope; gives the Caller."""

    scope: Scope

    async def __call__(
        self, request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
    ) -> Caller:
        """Let the request pass, or raise AccessError."""
        return self.admit(request)

    def admit(self, request: Request) -> Caller:
        """Let the request pass if its caller may ask this, and has not asked too much; note who it is."""
        access: Access = request.app.state.access
        caller = access.check(request.scope["headers"], self.scope)
        client = request.scope.get("client")
        # Where no keys are asked for, callers are told apart by where they are.
        bucket = caller.key_id or (client[0] if client else "")
        request.scope["state"].update(caller=caller.name, bucket=bucket)
        service_of(request).rates.admit(bucket)
        return caller


def require_safe_address(settings: ServiceSettings, access: Access) -> None:
    """Raise SettingsError when others than this machine could ask, and anybody might."""
    if settings.access != "open" and access.is_open and not _is_loopback(settings.host):
        raise SettingsError(
            f"on {settings.host} anybody who reaches this machine could use the service. Make a key first "
            "(wasim keys create NAME --scope predict), or say that you want that: WASIM_ACCESS=open."
        )


def _bearer_token(headers: Iterable[tuple[bytes, bytes]]) -> str:
    sent = [value for name, value in headers if name == b"authorization"]
    scheme, _, token = sent[0].decode("latin-1").partition(" ") if len(sent) == 1 else ("", "", "")
    if scheme.lower() != "bearer":
        raise UnauthenticatedError("there is no API key. Send it as a header, Authorization: Bearer KEY.")
    return token.strip()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
