from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from wasim.model import TopicModel
from wasim.service.archive.options import ColumnNames, ReadOptions, RunOptions, TagOptions, WriteOptions
from wasim.service.archive.tag import tag_archive

RAIN = "أمطار ورياح عاصفة وسيول"
MATCH = "مباراة في الملعب وهدف للحارس والمدرب"
NOTHING = "قال الناس في المدينة أمس"
RAIN_TITLE = "أمطار"


@pytest.fixture(scope="session")
def small(saved: Path) -> TopicModel:
    return TopicModel.load(saved)


class Tagged:
    """What a run wrote."""

    def __init__(self, output: Path) -> None:
        self.rows: list[dict[str, Any]] = [orjson.loads(line) for line in output.read_bytes().splitlines()]
        rejects = output.with_name(f"{output.name}.rejected.jsonl")
        self.rejected: list[dict[str, str]] = (
            [orjson.loads(line) for line in rejects.read_bytes().splitlines()] if rejects.exists() else []
        )

    @property
    def ids(self) -> list[Any]:
        return [row["id"] for row in self.rows]

    @property
    def topics(self) -> list[list[str]]:
        return [row["topics"] for row in self.rows]


@pytest.fixture
def tag(small: TopicModel, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Tagged]:
    """Return what tags an input in this process and reads the rows."""

    def run(source: str | Path, columns: ColumnNames | None = None, **read: Any) -> Tagged:
        output = tmp_path_factory.mktemp("tagged") / "out.jsonl"
        options = TagOptions(ReadOptions(columns or ColumnNames(), **read), WriteOptions(), RunOptions(workers=1))
        tag_archive(small, [source], output, options)
        return Tagged(output)

    return run
