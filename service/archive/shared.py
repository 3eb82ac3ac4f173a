"""Shards on their way to a worker: what is large lies in memory that both processes see.

Through a pipe every byte would be copied five times, which costs a fifth of what scoring it does.
"""

import mmap
import pickle
import sys
from typing import Any, NamedTuple

_BYTES = 16 * 1024 * 1024  # of a worker: a shard has four, and one record more
_ALIGNMENT = 64  # where Arrow wants its buffers to begin


class Packed(NamedTuple):
    """A value as it is sent: its small parts, and start and length of each large one in the shared memory."""

    head: bytes
    places: tuple[tuple[int, int], ...]


def new_shared_memory() -> mmap.mmap | None:
    """Make memory that a forked process will see too; None where processes are not forked."""
    return mmap.mmap(-1, _BYTES) if sys.platform == "linux" else None


def pack(value: object, shared: mmap.mmap | None) -> Packed:
    """Lay a value out; one that is too large for the shared memory is sent whole."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [buffer.raw() for buffer in buffers]
    ends = _ends(parts)
    if not parts or shared is None or ends[-1] > len(shared):
        return Packed(pickle.dumps(value, protocol=5) if parts else head, ())
    places = tuple((end - len(part), len(part)) for end, part in zip(ends, parts, strict=True))
    for (start, length), part in zip(places, parts, strict=True):
        shared[start : start + length] = part
    return Packed(head, places)


def unpack(packed: Packed, shared: mmap.mmap | None) -> Any:
    """Make the value again; its large parts are looked at where they lie, until the next value takes their place."""
    if not packed.places:
        return pickle.loads(packed.head)
    assert shared is not None
    whole = memoryview(shared)
    return pickle.loads(packed.head, buffers=[whole[start : start + length] for start, length in packed.places])


def _ends(parts: list[memoryview]) -> list[int]:
    ends, start = [], 0
    for part in parts:
        ends.append(start + len(part))
        start = -(-ends[-1] // _ALIGNMENT) * _ALIGNMENT
    return ends
