"""What goes through shared memory comes out as it was, and what does not fit is sent whole."""

import mmap

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasim.service.archive.shared import new_shared_memory, pack, unpack

SMALL = mmap.mmap(-1, 4096)


@given(parts=st.lists(st.binary(max_size=2000), max_size=5))
def test_a_value_comes_out_as_it_went_in(parts: list[bytes]) -> None:
    value = (7, [pa.py_buffer(part) for part in parts])
    packed = pack(value, SMALL)
    number, buffers = unpack(packed, SMALL)
    assert number == 7
    assert [buffer.to_pybytes() for buffer in buffers] == parts


def test_what_is_large_takes_no_place_in_the_pipe() -> None:
    shared = new_shared_memory()
    if shared is None:
        pytest.skip("processes are not forked here")
    packed = pack(pa.py_buffer(b"x" * 1_000_000), shared)
    assert packed.places == ((0, 1_000_000),)
    assert len(packed.head) < 1000


def test_what_does_not_fit_is_sent_whole() -> None:
    packed = pack(pa.py_buffer(b"x" * 5000), SMALL)
    assert packed.places == ()
    assert unpack(packed, SMALL).to_pybytes() == b"x" * 5000


def test_where_nothing_is_shared_all_is_sent() -> None:
    assert unpack(pack(pa.py_buffer(b"word"), None), None).to_pybytes() == b"word"
