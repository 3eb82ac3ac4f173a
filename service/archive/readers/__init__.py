"""From files of any form to chunks of records, streamed: memory does not grow with an archive."""

from wasim.service.archive.readers.sources import Source, find_source, read_chunks

__all__ = ["Source", "find_source", "read_chunks"]
