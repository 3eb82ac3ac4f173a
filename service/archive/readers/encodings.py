"""Which of the encodings of Arabic text a file is in: UTF-8, UTF-16, windows-1256 or ISO-8859-6."""

import codecs

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SINGLE_BYTE = ("windows-1256", "iso-8859-6")
_LONGEST_CUT = 3  # bytes of a UTF-8 character that a sample's end may have cut off
_ARTICLE = "ال"  # begins a third of the words of Arabic text; read in the wrong encoding it is not there


def detect_encoding(sample: bytes) -> str:
    """Tell a text's encoding from its beginning.

    Parameters
    ----------
    sample
        Some thousand bytes, perhaps cut within a character.

    Returns
    -------
    A codec's name.

    Examples
    --------
    >>> detect_encoding("قالت الوزارة".encode("iso-8859-6")), detect_encoding("قالت الوزارة".encode("cp1256"))
    ('iso-8859-6', 'windows-1256')
    """
    for mark, encoding in _MARKS.items():
        if sample.startswith(mark):
            return encoding
    if is_utf_8(sample):
        return "utf-8"
    if b"\0" in sample:
        return "utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le"
    return max(_SINGLE_BYTE, key=lambda encoding: _likeness(sample, encoding))


def is_utf_8(sample: bytes) -> bool:
    """Tell whether bytes are UTF-8, but for a character that the end cuts off, and not UTF-16."""
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and len(sample) - error.start <= _LONGEST_CUT
        return cut and b"\0" not in sample
    return b"\0" not in sample


def _likeness(sample: bytes, encoding: str) -> int:
    text = sample.decode(encoding, "replace")
    return text.count(_ARTICLE) - 2 * text.count("\ufffd") - 2 * sum("\x80" <= letter < "\xa0" for letter in text)


def decode(data: bytes) -> str:
    """Decode a whole text; what is no text in its encoding becomes U+FFFD."""
    return data.decode(detect_encoding(data), "replace")
