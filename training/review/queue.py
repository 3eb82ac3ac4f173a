"""The queue of articles to review, kept as JSON Lines."""

from collections.abc import Iterable
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wasim.model.article import Article
from wasim.model.durable import file_that_appears_whole
from wasim.model.errors import CorpusUnreadableError
from wasim.training.corpus import described, numbered_lines


class QueuedArticle(BaseModel):
    """One article to review.

    ``worth`` lies in [0, 1] and ``why`` says in words what it comes from; ``suggested`` are the topics that the
    model would give, ``labels`` those that somebody gave, if anybody did. ``near_equal`` counts articles that
    say nearly the same and are not in the queue.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    title: str
    text: str
    worth: float = Field(default=0.0, strict=False)
    why: tuple[str, ...] = Field(default=(), strict=False)
    suggested: tuple[str, ...] = Field(default=(), strict=False)
    labels: tuple[str, ...] | None = Field(default=None, strict=False)
    mentions: tuple[str, ...] = Field(default=(), strict=False)
    near_equal: int = 0

    @property
    def article(self) -> Article:
        """What a model gets to see."""
        return Article(self.title, self.text)


def write_queue(queue: Iterable[QueuedArticle], file: Path) -> None:
    """Write a queue as JSON Lines; the file appears whole or not at all."""
    with file_that_appears_whole(file) as written:
        for queued in queue:
            written.write(orjson.dumps(queued.model_dump(), option=orjson.OPT_APPEND_NEWLINE))


def read_queue(file: Path) -> list[QueuedArticle]:
    """Read what :func:`write_queue` wrote.

    Raises
    ------
    CorpusUnreadableError
        When the file is missing or a line is no queued article; names file and line.
    """
    if not file.is_file():
        raise CorpusUnreadableError(f"{file} is missing. Make a queue with wasim review queue.")
    queue = []
    for place, line in numbered_lines(file):
        try:
            queue.append(QueuedArticle.model_validate_json(line))
        except ValidationError as error:
            raise CorpusUnreadableError(
                f"{place}: {described(error)}. Make the queue anew, or mend the line."
            ) from None
    return queue
