"""One file, of whatever form: unpack it, see what it is, and let the reader of that form cut it into chunks."""

import io
from collections.abc import Callable, Iterator

from wasim.model.errors import ArchiveUnreadableError
from wasim.service.archive.options import ReadOptions
from wasim.service.archive.readers.arrow import read_arrow_file, read_arrow_stream, read_parquet
from wasim.service.archive.readers.compression import damage_named, unpacked
from wasim.service.archive.readers.containers import read_tar, read_zip
from wasim.service.archive.readers.documents import read_html, read_text
from wasim.service.archive.readers.feeds import read_feed
from wasim.service.archive.readers.forward import look
from wasim.service.archive.readers.json_array import read_json_array
from wasim.service.archive.readers.json_lines import read_json_lines
from wasim.service.archive.readers.limits import BadInputError
from wasim.service.archive.readers.sniff import SAMPLE, Kind, kind_of
from wasim.service.archive.readers.tables import read_table
from wasim.service.archive.readers.warc import read_warc
from wasim.service.archive.records import Rejected
from wasim.service.archive.shards import Chunk, RejectedChunk

Read = Callable[[io.BufferedReader, str, ReadOptions], Iterator[Chunk]]

_READERS: dict[Kind, Read] = {
    "jsonl": read_json_lines,
    "json array": read_json_array,
    "table": read_table,
    "text": read_text,
    "html": read_html,
    "feed": read_feed,
    "warc": read_warc,
    "parquet": read_parquet,
    "arrow file": read_arrow_file,
    "arrow stream": read_arrow_stream,
}
_CONTAINERS = {"zip": read_zip, "tar": read_tar}
_REFUSALS: dict[Kind, str] = {
    "feather 1": "is Feather version 1, which nothing writes any more. Write it anew as Parquet or Feather 2",
    "unknown": "is of no known form",
}


def read_input(stream: io.BufferedReader, place: str, options: ReadOptions) -> Iterator[Chunk]:
    """Read a file that is an input by itself.

    Raises
    ------
    ArchiveUnreadableError
        When it is damaged or of no known form.
    """
    try:
        with damage_named(place):
            yield from _read(stream, place, options, is_member=False)
    except BadInputError as error:
        raise ArchiveUnreadableError(f"{place} {error}.") from None


def read_member(stream: io.BufferedReader, place: str, options: ReadOptions) -> Iterator[Chunk]:
    """Read a file inside a folder or archive; what is wrong with it is rejected, and its neighbours go on."""
    try:
        with damage_named(place):
            yield from _read(stream, place, options, is_member=True)
    except BadInputError as error:
        yield RejectedChunk(Rejected(place, str(error)))
    except ArchiveUnreadableError as error:
        yield RejectedChunk(Rejected(place, str(error).removeprefix(f"{place} ")))


def _read(stream: io.BufferedReader, place: str, options: ReadOptions, *, is_member: bool) -> Iterator[Chunk]:
    head, plain = look(unpacked(stream, place), SAMPLE)
    kind = kind_of(head, place, options.columns)
    if kind in _REFUSALS:
        raise BadInputError(_REFUSALS[kind])
    if kind in _READERS:
        yield from _READERS[kind](plain, place, options)
    elif kind in _CONTAINERS:
        if is_member:
            raise BadInputError("is an archive inside another. Unpack the outer one first")
        yield from _CONTAINERS[kind](
            plain, place, options, lambda opened, name: read_member(opened, name, options)
        )  # fmt: skip
