"""Sets that are folders: SANAD, and SaudiNewsNet's archives."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from wasim.model.errors import CorpusUnreadableError
from wasim.training.import_formats import limits
from wasim.training.import_formats.lines import decoded, files_of, is_hidden, read_lines
from wasim.training.import_formats.records import BadRecord, BadRecordError, ColumnNames, RawArticle, Record
from wasim.training.import_formats.rows import json_value, object_with, text_of

_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError)


def read_sanad(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read SANAD: folders named after categories, with one .txt file for each article."""
    if not source.is_dir():
        raise CorpusUnreadableError(f"{source} is a file. Name the folder that holds the categories' folders.")
    for file in files_of(source):
        yield _sanad_article(source, file)


def read_saudinewsnet(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read SaudiNewsNet: a .zip, or a folder of them, with .json files that are arrays of articles.

    The set has no topics; an article's label is its ``source``, the newspaper.
    """
    for archive in files_of(source):
        try:
            with zipfile.ZipFile(archive) as opened:
                for member in opened.infolist():
                    if not (member.is_dir() or is_hidden(Path(member.filename))):
                        yield from _member_articles(opened, member, f"{archive}:{member.filename}")
        except _BROKEN_ZIP as error:
            yield BadRecord(str(archive), f"no whole zip file ({error}). Fetch it again.")


def _sanad_article(source: Path, file: Path) -> Record:
    if file.suffix.lower() != ".txt":
        return BadRecord(str(file), "no .txt file. Move it out of the folder.")
    if file.parent == source:
        return BadRecord(str(file), "lies in no category's folder. Move it into one, or out of the set.")
    if (size := file.stat().st_size) > limits.LONGEST_LINE:
        return BadRecord(str(file), f"{size:,} bytes; an article has up to {limits.LONGEST_LINE:,}. Remove it.")
    lines = []
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            return line
        lines.append(line.text)
    return RawArticle(str(file), "", "".join(lines).strip(), (file.parent.name,))


def _member_articles(opened: zipfile.ZipFile, member: zipfile.ZipInfo, place: str) -> Iterator[Record]:
    try:
        rows = json_value(_member_text(opened, member))
        if not isinstance(rows, list):
            raise BadRecordError("no JSON array. Each member must be an array of articles.")
    except BadRecordError as error:
        yield BadRecord(place, str(error))
        return
    except _BROKEN_ZIP as error:
        yield BadRecord(place, f"can't be unpacked ({error}). Fetch the archive again.")
        return
    for number, row in enumerate(rows, start=1):
        yield _saudinewsnet_article(f"{place}:{number}", row)


def _member_text(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    if not member.filename.lower().endswith(".json"):
        raise BadRecordError("no .json file. Take it out of the archive.")
    with opened.open(member) as stream:
        data = stream.read(limits.LONGEST_LINE + 1)
    if len(data) > limits.LONGEST_LINE:
        raise BadRecordError(f"longer than {limits.LONGEST_LINE:,} bytes. Break the array into several members.")
    return decoded(data)


def _saudinewsnet_article(place: str, value: object) -> Record:
    try:
        row = object_with(value, ("source", "title", "content"))
        labels = tuple(filter(None, [text_of(row, "source")]))
        return RawArticle(place, text_of(row, "title"), text_of(row, "content"), labels)
    except BadRecordError as error:
        return BadRecord(place, str(error))
