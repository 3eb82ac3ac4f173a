"""What a file is: told by its first bytes, and by its name where they leave a doubt."""

from pathlib import PurePath
from typing import Literal

from wasim.service.archive.options import ColumnNames
from wasim.service.archive.readers.encodings import detect_encoding
from wasim.service.archive.readers.feeds import ROOTS, root_name
from wasim.service.archive.readers.tables import looks_like_table

Kind = Literal[
    "empty", "jsonl", "json array", "table", "text", "html", "feed", "warc", "zip", "tar",
    "parquet", "arrow file", "arrow stream", "feather 1", "unknown",
]  # fmt: skip

SAMPLE = 64 * 1024
_MAGIC: dict[bytes, Kind] = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PAR1": "parquet",
    b"ARROW1": "arrow file",
    b"\xff\xff\xff\xff": "arrow stream",
    b"FEA1": "feather 1",
    b"WARC/": "warc",
}
_TAR_MAGIC = slice(257, 262)
_NAMED: dict[str, Kind] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "table",
    ".tsv": "table",
    ".tab": "table",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
_PACKINGS = {".gz", ".bz2", ".xz", ".zst"}
_MOST_CONTROLS = 50  # a control character in so many letters
_MARKUP = (b"<!doctype html", b"<html")


def kind_of(sample: bytes, name: str, columns: ColumnNames) -> Kind:
    """Tell what a file is.

    Parameters
    ----------
    sample
        Its first SAMPLE bytes, unpacked, or all of it.
    name
        What it is called; says what a text is that could be several things.
    columns
        What an article's parts are called; a header with these names makes a table of a text.
    """
    if not sample:
        return "empty"
    magic = next((kind for magic, kind in _MAGIC.items() if sample.startswith(magic)), None)
    if magic is None and sample[_TAR_MAGIC] == b"ustar":
        magic = "tar"
    named = _NAMED.get(_suffix(name))
    if magic is None and named != "jsonl" and _is_binary(sample):
        return "unknown"
    return magic or _text_kind(sample, named, columns)


def _text_kind(sample: bytes, named: Kind | None, columns: ColumnNames) -> Kind:
    begins = sample.lstrip(b"\xef\xbb\xbf \t\r\n")
    if begins.startswith(b"<"):
        return _markup(begins, named)
    if named in {"jsonl", "table"}:
        return named
    if begins.startswith(b"{"):
        return "jsonl"
    if begins.startswith(b"[") and named is None:
        return "json array"
    return "table" if looks_like_table(sample, columns) else named or "text"


def _markup(begins: bytes, named: Kind | None) -> Kind:
    if named == "html" or begins[: len(_MARKUP[0])].lower().startswith(_MARKUP):
        return "html"
    root = root_name(begins)
    if root.lower() == "html":
        return "html"
    return "feed" if root in ROOTS else named or "unknown"


def _is_binary(sample: bytes) -> bool:
    """Tell what no encoding makes a text of: text has no control characters but for its line ends and tabs."""
    text = sample.decode(detect_encoding(sample), "replace")
    n_controls = sum(letter < " " and letter not in "\t\n\r\f" for letter in text)
    return n_controls * _MOST_CONTROLS > len(text)


def _suffix(name: str) -> str:
    path = PurePath(name)
    return (PurePath(path.stem).suffix if path.suffix.lower() in _PACKINGS else path.suffix).lower()
