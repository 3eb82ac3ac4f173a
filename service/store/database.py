"""The database behind the store: SQLite beside the service, or a PostgreSQL that several services share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from wasim.model.errors import SettingsError, StoreIncompatibleError, StoreUnavailableError
from wasim.service.store.schema import SCHEMA_VERSION, metadata, schema_versions

_SECONDS_TO_CONNECT = 3
_SECONDS_TO_ANSWER = 5
# Any number that all services agree on: one of them makes the tables while the others wait.
_MAKING_TABLES = 0x77617369


class Database:
    """A database that holds the store's tables; it is reached, and the tables are made, when it is first used.

    Every use raises StoreUnavailableError when the database can't be reached or is none, and
    StoreIncompatibleError when another version of wasim made its tables.

    Parameters
    ----------
    url
        ``sqlite:///file`` or ``postgresql://user:password@host/name``, as SQLAlchemy writes them.

    Raises
    ------
    SettingsError
        When the address is not one of those, or the driver is not installed.
    """

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.place = parsed.render_as_string(hide_password=True)
        self._engine = _engine(parsed)
        self._has_tables = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read with."""
        self._prepare()
        with self._clear_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are on the disk when the block ends, or undone when it fails."""
        self._prepare()
        with self._clear_errors(), self._engine.begin() as connection:
            yield connection

    def _prepare(self) -> None:
        if not self._has_tables:  # several threads may find so at once, which makes the tables once all the same
            with self._clear_errors(), self._engine.begin() as connection:
                _require_tables(connection, self.place)
            self._has_tables = True

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except (DBAPIError, NoFreeConnection) as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
            raise StoreUnavailableError(
                f"the store at {self.place} does not answer ({reason}). Try again; if it stays so, see that the "
                "database runs and has room, and that WASIM_DATABASE_URL is right."
            ) from error


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError("WASIM_DATABASE_URL is no address. Write sqlite:///file or postgresql://...") from None
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise SettingsError(f"WASIM_DATABASE_URL: {kind} is not supported. Write sqlite:///file or postgresql://...")
    if parsed.database in (None, "", ":memory:"):
        raise SettingsError("WASIM_DATABASE_URL names no file, and memory forgets. Write sqlite:///file.")
    return parsed


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        url = url if "timeout" in url.query else url.update_query_dict({"timeout": str(_SECONDS_TO_ANSWER)})
        engine = create_engine(url)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    connect_args = {
        "connect_timeout": _SECONDS_TO_CONNECT,
        "options": f"-c statement_timeout={_SECONDS_TO_ANSWER}s -c lock_timeout={_SECONDS_TO_ANSWER}s",
    }
    try:  # a connection that a restart of the database killed is found out before it is used
        return create_engine(url, connect_args=connect_args, pool_pre_ping=True, pool_timeout=_SECONDS_TO_ANSWER)
    except (ImportError, NoSuchModuleError):
        raise SettingsError("PostgreSQL needs its driver. Install it: pip install 'wasim[postgres]'") from None


def _prepare_sqlite(connection: Any, _: Any) -> None:
    for pragma in (
        "journal_mode = WAL",  # readers and the writer do not wait for each other
        "synchronous = FULL",  # what was acknowledged outlives a loss of power
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _require_tables(connection: Connection, place: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MAKING_TABLES})
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    metadata.create_all(connection, tables=[schema_versions])
    versions = connection.scalars(select(schema_versions.c.version)).all()
    if not versions:
        metadata.create_all(connection)
        connection.execute(insert(schema_versions).values(version=SCHEMA_VERSION))
    elif versions != [SCHEMA_VERSION]:
        found = ", ".join(map(str, versions))
        raise StoreIncompatibleError(
            f"the store at {place} has schema version {found}; this wasim reads {SCHEMA_VERSION}. "
            "Install the wasim that wrote it, or name another WASIM_DATABASE_URL."
        )
