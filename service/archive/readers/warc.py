"""WARC: web archives; every page in them is an article."""

import io
from collections.abc import Iterator
from typing import Any, Literal

from wasim.service.archive.extras import need
from wasim.service.archive.options import ReadOptions
from wasim.service.archive.readers.documents import DocumentChunk
from wasim.service.archive.readers.limits import LONGEST_RECORD, TOO_LONG, BadInputError
from wasim.service.archive.records import Rejected
from wasim.service.archive.shards import Chunk, RejectedChunk

_PAGES = {"text/html", "application/xhtml+xml", "text/plain"}
_ERROR_STATUS = 400


def read_warc(stream: io.BufferedReader, place: str, _options: ReadOptions) -> Iterator[Chunk]:
    """Read a web archive's pages; the URI is the id. What is no page (images, requests, errors) is passed over."""
    warc = need("fastwarc.warc", "archive", "web archives")
    need("resiliparse", "archive", "web archives")
    types = warc.WarcRecordType.response | warc.WarcRecordType.resource | warc.WarcRecordType.conversion
    records = warc.ArchiveIterator(stream, record_types=types, parse_http=True, auto_decode="all", fsspec_args=False)
    for number, record in enumerate(records, start=1):
        uri = record.headers.get("WARC-Target-URI")
        if uri is None or record.record_date is None:
            raise BadInputError(f"breaks off in record {number}")
        if _is_page(record):
            yield _page_chunk(record, f"{place}:{number}", uri)


def _is_page(record: Any) -> bool:
    status = getattr(record.http_headers, "status_code", None) if record.http_headers else None
    kind = record.http_content_type or (record.headers.get("Content-Type") or "").partition(";")[0].strip()
    return kind in _PAGES and (status is None or status < _ERROR_STATUS)


def _page_chunk(record: Any, place: str, uri: str) -> Chunk:
    try:
        data = record.reader.read(LONGEST_RECORD + 1)
    except (OSError, ValueError) as error:
        return RejectedChunk(Rejected(place, f"{uri} can't be decoded ({error})"))
    if len(data) > LONGEST_RECORD:
        return RejectedChunk(Rejected(place, f"{uri} is {TOO_LONG}"))
    is_coded = record.http_headers and record.http_headers.get("Content-Encoding")
    if not is_coded and len(data) < (record.content_length or 0):
        return RejectedChunk(Rejected(place, f"{uri} breaks off after {len(data):,} bytes"))
    kind: Literal["text", "html"] = "text" if record.http_content_type == "text/plain" else "html"
    date = record.record_date.isoformat()
    others = {"url": uri, "record": record.record_id, "date": date}
    return DocumentChunk(place, kind, data, record.http_charset or "", uri, date, others)
