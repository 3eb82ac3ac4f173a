"""How much may be read at once."""

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of a line, of an archive's member and of a file that is one article; more must not fill the memory."""
