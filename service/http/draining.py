"""Going down without losing anybody who was let in."""

import asyncio
import ctypes
import socket
import struct
import sys
import time
from collections.abc import Iterable

import uvicorn

SECONDS_TO_DRAIN = 0.25  # of handshakes under way and of the queue of the listening socket; some round trips
_SO_ATTACH_FILTER = 26  # Linux; Python does not name it
# (code, jump if true, jump if false, value): drop a packet whose TCP flags have SYN, let every other pass.
_DROP_SYN = ((0x30, 0, 0, 13), (0x45, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_new_connections(listeners: Iterable[socket.socket]) -> None:
    """Make listening sockets take in nobody new, while those who knocked before are still let in.

    A socket that is closed at once resets everybody in its queue: clients who take themselves for connected, and
    whose request is lost. So new clients are not answered any more until, some moments later, the queue is empty
    and the socket is closed, which refuses them. On other systems than Linux this does nothing.

    Source: filter.txt, "Linux Socket Filtering aka Berkeley Packet Filter", of the Linux kernel's documentation.
    """
    if sys.platform != "linux":
        return
    instructions = b"".join(struct.pack("HBBI", *instruction) for instruction in _DROP_SYN)
    program = bytes(_Program(len(_DROP_SYN), instructions))
    for listener in listeners:
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def drain(listeners: Iterable[socket.socket]) -> None:
    """Refuse new connections, and wait until other processes have let in those who knocked before."""
    refuse_new_connections(listeners)
    time.sleep(SECONDS_TO_DRAIN)


class DrainingServer(uvicorn.Server):
    """uvicorn's server, which empties its listening sockets before it closes them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let in who knocked, then shut down as uvicorn does."""
        refuse_new_connections(sockets or [])
        await asyncio.sleep(SECONDS_TO_DRAIN)
        await super().shutdown(sockets)
