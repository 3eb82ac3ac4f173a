"""Which of the encodings of Arabic text a file is in: UTF-8, UTF-16, windows-1256 or ISO-8859-6."""

import codecs

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SINGLE_BYTE = ("windows-1256", "iso-8859-6")
_MOST_DAMAGE = 4  # a bad letter in so many that are not ASCII
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
    if b"\0" in sample:
        return "utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le"
    if _is_mostly_utf_8(sample):
        return "utf-8"
    return max(_SINGLE_BYTE, key=lambda encoding: _likeness(sample, encoding))


def _is_mostly_utf_8(sample: bytes) -> bool:
    """Tell UTF-8, with some damage or cut within a character too, from an encoding of single bytes.

    Read as UTF-8, hardly a letter of those is left.
    """
    letters = sample.decode("utf-8", "replace")
    n_bad = letters.count("\ufffd")
    return n_bad == 0 or n_bad * _MOST_DAMAGE < sum(letter > "\x7f" for letter in letters)


def _likeness(sample: bytes, encoding: str) -> int:
    text = sample.decode(encoding, "replace")
    return text.count(_ARTICLE) - 2 * text.count("\ufffd") - 2 * sum("\x80" <= letter < "\xa0" for letter in text)


def decode(data: bytes) -> str:
    """Decode a whole text; what is no text in its encoding becomes U+FFFD."""
    return data.decode(detect_encoding(data), "replace")
