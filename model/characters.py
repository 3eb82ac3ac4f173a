"""The character table: how any Unicode text becomes plain letters, digits and spaces.

Two spellings that a reader takes for one word must become the same string: vocalised or not, with
tatweel or without, hamza seat or bare alef, presentation forms of a PDF, Persian keyboards, bidi and
zero-width controls inside a word. The table is built from the Unicode database and pyarabic's
constants, a character at a time as characters are met.
"""

import unicodedata
from itertools import pairwise

from pyarabic import araby

_FOLDED_LETTERS = {
    araby.ALEF_WASLA: araby.ALEF,
    araby.ALEF_MAKSURA: araby.YEH,
    araby.TEH_MARBUTA: araby.HEH,
    "\N{ARABIC LETTER FARSI YEH}": araby.YEH,
    "\N{ARABIC LETTER KEHEH}": araby.KAF,
}
_DROPPED = frozenset({*araby.TASHKEEL, araby.TATWEEL, araby.MINI_ALEF})
_DROPPED_CATEGORIES = frozenset({"Mn", "Me", "Cf"})  # combining marks; bidi, joining and other controls
_KEPT_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mc", "Nd", "Nl", "No"})
_LAST_REMEMBERED = 0xFFFF  # a hostile text could otherwise fill the table with a million characters


def _fold_once(character: str) -> str:
    # NFKD takes a hamza or madda off its seat (أ إ آ ؤ ئ), so that composed and decomposed text agree.
    folded = []
    for part in unicodedata.normalize("NFKD", character).lower():
        category = unicodedata.category(part)
        if part in _DROPPED or category in _DROPPED_CATEGORIES:
            continue
        if category == "Nd":
            folded.append(str(unicodedata.decimal(part)))
        elif category in _KEPT_CATEGORIES:
            folded.append(_FOLDED_LETTERS.get(part, part))
        else:
            folded.append(" ")
    return "".join(folded)


class CharacterTable(dict[int, str]):
    """Maps a code point to what stands for it after normalisation, for ``str.translate``.

    The value is ``""`` for what is dropped, ``" "`` for what separates words, and otherwise letters
    and digits (several for a ligature, with spaces for a phrase such as U+FDFA).
    """

    def __missing__(self, code_point: int) -> str:
        folded = _fold_once(chr(code_point))
        while (again := "".join(map(_fold_once, folded))) != folded:
            folded = again
        if code_point <= _LAST_REMEMBERED:
            self[code_point] = folded
        return folded


_TABLE = CharacterTable()


def normalise(text: str) -> str:
    """Rewrite a text so that spellings of one word agree.

    Idempotent; equal for canonically equivalent texts (NFC, NFD).

    Examples
    --------
    >>> normalise("اللُّقَاحــــات إلى غزّة ٢٠٢١")
    'اللقاحات الي غزه 2021'
    """
    return text.translate(_TABLE)


def tokenise(text: str) -> list[str]:
    """Split a text into its normalised words."""
    return text.translate(_TABLE).split()


def locate(text: str) -> list[tuple[int, int]]:
    """Find where each word of :func:`tokenise` stands in the text as it was written.

    Returns
    -------
    One (start, end) in code points per word, in the same order. Marks and tatweel that follow a letter
    belong to its word. Words that stem from one character (a ligature of a phrase) share its place.
    """
    places: list[tuple[int, int]] = []
    inside = False
    for index, character in enumerate(text):
        folded = _TABLE[ord(character)]
        if folded == "":
            if inside:
                places[-1] = (places[-1][0], index + 1)
            continue
        for left, right in pairwise(f"{' ' if not inside else 'x'}{folded}"):
            if right == " ":
                inside = False
            elif left == " ":
                places.append((index, index + 1))
                inside = True
            else:
                places[-1] = (places[-1][0], index + 1)
    return places
