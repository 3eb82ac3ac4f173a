"""The store opens what is its own, says what is wrong with anything else, and can be opened by many at once."""

import contextlib
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from wasim.model.errors import SettingsError, StoreIncompatibleError, StoreUnavailableError
from wasim.service.store.database import Database
from wasim.service.store.schema import metadata


def opened(url: str) -> Database:
    """Use a database once, which makes its tables."""
    database = Database(url)
    try:
        with database.reading():
            return database
    except BaseException:
        database.close()
        raise


def test_services_that_start_together_make_the_tables_once(database_url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        databases = list(pool.map(lambda _: opened(database_url), range(8)))
    with databases[0].reading() as connection:
        assert connection.scalars(text("SELECT version FROM schema_versions")).all() == [1]
    for database in databases:
        database.close()


def test_tables_of_another_version_are_refused(database_url: str) -> None:
    database = opened(database_url)
    with database.writing() as connection:
        connection.execute(text("UPDATE schema_versions SET version = 99"))
    database.close()
    with pytest.raises(StoreIncompatibleError, match="version 99; this wasim reads 1"):
        opened(database_url)


def test_tables_are_those_that_the_first_version_made(database_url: str) -> None:
    """Whoever changes a table raises SCHEMA_VERSION and says how an old store is taken over."""
    columns = {table.name: [column.name for column in table.columns] for table in metadata.sorted_tables}
    assert columns == {
        "api_keys": ["id", "name", "scopes", "salt", "digest", "created", "revoked"],
        "feedback": [
            "number", "id", "received", "caller", "idempotency_key", "body_digest", "title", "text", "topics",
            "predicted", "scores", "model", "by", "note", "uncertainty", "disagreement",
        ],
        "reviews": ["number", "feedback_number", "received", "caller", "accepted", "topics"],
        "schema_versions": ["version"],
        "withdrawals": ["feedback_number", "received", "caller"],
    }  # fmt: skip


def test_what_fails_in_the_middle_leaves_nothing(database_url: str) -> None:
    database = Database(database_url)
    with contextlib.suppress(ZeroDivisionError), database.writing() as connection:
        connection.execute(text("INSERT INTO schema_versions VALUES (2)"))
        raise ZeroDivisionError
    with database.reading() as connection:
        assert connection.scalars(text("SELECT version FROM schema_versions")).all() == [1]
    database.close()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "no address"),
        ("wasim.db", "no address"),
        ("mysql://localhost/wasim", "mysql is not supported"),
        ("sqlite://", "memory forgets"),
        ("sqlite:///:memory:", "memory forgets"),
    ],
)
def test_an_address_that_keeps_nothing_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        Database(url)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but somebody's notes, long enough to be read as one" * 20)
    before = path.read_bytes()
    with pytest.raises(StoreUnavailableError, match=r"notes\.txt"):
        opened(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="nowhere"):
        opened(f"sqlite:///{tmp_path}/nowhere/wasim.db")


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreUnavailableError, match=r"127\.0\.0\.1") as caught:
        opened("postgresql://wasim:secret@127.0.0.1:1/wasim")
    assert "secret" not in str(caught.value)


def test_without_the_driver_postgresql_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from wasim.service.store.database import Database\n"
        "Database('postgresql://localhost/wasim')"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "pip install 'wasim[postgres]'" in finished.stderr


def test_sqlite_survives_a_loss_of_power(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/wasim.db")
    with database.reading() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2  # FULL
    database.close()


def test_a_store_that_another_program_locks_is_unavailable_and_works_again(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path}/wasim.db?timeout=0.1")
    locking = sqlite3.connect(tmp_path / "wasim.db", isolation_level=None)
    locking.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailableError, match="locked"), database.writing() as connection:
        connection.execute(text("INSERT INTO schema_versions VALUES (2)"))
    locking.execute("ROLLBACK")
    locking.close()
    with database.writing() as connection:
        connection.execute(text("DELETE FROM withdrawals"))
    database.close()
