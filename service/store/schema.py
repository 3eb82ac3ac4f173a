"""The tables of the store."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

SCHEMA_VERSION = 1


class UtcTime(TypeDecorator[datetime]):
    """A moment, in UTC on both databases: SQLite forgets time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn into UTC on the way in."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Say that it is UTC on the way out."""
        if value is None:
            return None
        moment: datetime = value
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


metadata = MetaData()

schema_versions = Table("schema_versions", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("revoked", UtcTime),
)

# Feedback, reviews and withdrawals are only ever added to: what somebody said stays said.
feedback = Table(
    "feedback",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("received", UtcTime, nullable=False),
    Column("caller", String(32), nullable=False),
    Column("idempotency_key", String(128)),
    Column("body_digest", LargeBinary, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("predicted", JSON, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("model", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("uncertainty", Float(53), nullable=False),
    Column("disagreement", Float(53), nullable=False),
    UniqueConstraint("caller", "idempotency_key"),
    Index("feedback_by_uncertainty", "uncertainty", "number"),
    Index("feedback_by_disagreement", "disagreement", "number"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("feedback_number", ForeignKey("feedback.number"), nullable=False, index=True),
    Column("received", UtcTime, nullable=False),
    Column("caller", String(32), nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("topics", JSON, nullable=False),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("feedback_number", ForeignKey("feedback.number"), primary_key=True, autoincrement=False),
    Column("received", UtcTime, nullable=False),
    Column("caller", String(32), nullable=False),
)
