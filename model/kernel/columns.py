"""Texts, laid out for the kernel: their UTF-8 in one row, and where each ends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Column:
    """Texts in UTF-8: text i is ``data[bounds[i]:bounds[i + 1]]``.

    Parameters
    ----------
    data
        uint8 of any length.
    bounds
        int64 of shape (n_texts + 1,), ascending.
    """

    data: NDArray[np.uint8]
    bounds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @property
    def n_bytes(self) -> NDArray[np.int64]:
        """How long each text is in UTF-8; never less than it has characters."""
        return np.diff(self.bounds)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Encode texts."""
        # Half a surrogate pair is no letter in either path; it must only not stop the encoding.
        parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        bounds = np.array(list(accumulate(map(len, parts), initial=0)), dtype=np.int64)
        return cls(np.frombuffer(bytearray().join(parts), dtype=np.uint8), bounds)

    @classmethod
    def of_arrow(cls, texts: Any) -> Self:
        """Look into an Arrow array of strings without copying their letters; null is the empty text.

        Parameters
        ----------
        texts
            A ``pyarrow`` Array or ChunkedArray of type string or large_string, sliced or not.

        Raises
        ------
        TypeError
            When its values are not strings.
        """
        if hasattr(texts, "combine_chunks"):
            texts = texts.combine_chunks()
        width = {"string": np.int32, "large_string": np.int64}.get(str(texts.type))
        if width is None:
            raise TypeError(f"an Arrow array of {texts.type} holds no articles; cast it to string or large_string")
        if texts.null_count:
            texts = texts.fill_null("")
        _, offsets, data = texts.buffers()
        if not len(texts):
            return cls(np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64))
        bounds = np.frombuffer(offsets, dtype=width)[texts.offset : texts.offset + len(texts) + 1]
        letters = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
        return cls(letters, bounds.astype(np.int64))

    def __iter__(self) -> Iterator[str]:
        return (self[row] for row in range(len(self)))

    def __getitem__(self, row: int) -> str:
        """Decode one text; what is not UTF-8 becomes U+FFFD, which is no letter to the kernel either."""
        return self.data[self.bounds[row] : self.bounds[row + 1]].tobytes().decode("utf-8", "replace")
