"""Bounds that keep a hostile or broken archive from filling the memory, and the error that tells of them."""

LONGEST_RECORD = 16 * 1024 * 1024
"""Bytes of a record, of a file that is one article, of an entry of a feed: more is no article."""

LARGEST_RATIO = 200
"""Unpacked to packed, of a member of an archive; real text stays below 30, a bomb begins near 1,000."""

SMALL_ENOUGH = LONGEST_RECORD
"""Unpacked bytes below which a ratio does no harm."""

TOO_LONG = f"longer than {LONGEST_RECORD:,} bytes"


class BadInputError(Exception):
    """A file, or a member of an archive, that can't be read; caught where its place is known.

    At the top level, where it is an input by itself, it becomes an ArchiveUnreadableError; inside a folder or
    archive a rejected record.
    """
