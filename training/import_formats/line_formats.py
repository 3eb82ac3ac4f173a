"""Formats of an article a line: JSON Lines, Annif's and fastText's."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from wasim.training.import_formats.lines import Line, articles_of_lines
from wasim.training.import_formats.records import BadRecordError, ColumnNames, RawArticle, Record
from wasim.training.import_formats.rows import json_value, object_with, raw_article

_FASTTEXT_LABEL = re.compile(r"(?<!\S)__label__(\S+)")


def read_jsonl(source: Path, columns: ColumnNames) -> Iterator[Record]:
    """Read JSON Lines: an object a line, its keys named by ``columns``."""
    wanted = (columns.title, columns.text, columns.topics)

    def parse(line: Line) -> RawArticle:
        return raw_article(line.place, object_with(json_value(line.text), wanted), columns)

    return articles_of_lines(source, parse)


def read_annif(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read Annif's short-text corpora: ``text<TAB><uri> <uri>``; a URI's last part is the label."""
    return articles_of_lines(source, _annif_article)


def read_fasttext(source: Path, _columns: ColumnNames) -> Iterator[Record]:
    """Read fastText's training files: ``__label__a __label__b text``."""
    return articles_of_lines(source, _fasttext_article)


def _annif_article(line: Line) -> RawArticle:
    text, tab, uris = line.text.rstrip("\r\n").partition("\t")
    if not tab:
        raise BadRecordError("has no tab. A line is a text, a tab, and URIs between spaces.")
    return RawArticle(line.place, "", text.strip(), tuple(_uri_label(uri) for uri in uris.split()))


def _uri_label(uri: str) -> str:
    bare = uri.removeprefix("<").removesuffix(">")
    label = unquote(re.split(r"[/#]", bare.rstrip("/#"))[-1])
    if ":" not in bare or not label:
        raise BadRecordError(
            f"{uri[:100]!r} after the tab is no URI. A line is a text, a tab, and URIs between spaces."
        )
    return label


def _fasttext_article(line: Line) -> RawArticle:
    labels = tuple(_FASTTEXT_LABEL.findall(line.text))
    if not labels:
        raise BadRecordError("has no __label__. Put one before the text, or remove the line.")
    return RawArticle(line.place, "", _FASTTEXT_LABEL.sub("", line.text).strip(), labels)
