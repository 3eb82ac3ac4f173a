"""Many requests change nothing: no memory grows, no file stays open, no answer fails."""

import http.client
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from wasim.training.card import write_between

# `make soak` asks for 500,000 and prints what it found; this many show a leak of half a kilobyte a request.
N_REQUESTS = int(os.environ.get("SOAK_REQUESTS", "6000"))
N_CLIENTS = 4
# Until caches, threads and buffers have their size; the allocator goes on filling gaps for longer in a long run.
WARM_UP = max(1500, N_REQUESTS // 10)
MOST_GROWTH = 8_000_000  # bytes
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def request(number: int) -> tuple[str, bytes, dict[str, str]]:
    """Return path, body and headers of a request of one kind or another, hardly one like the one before.

    Words repeat: the model remembers those it has met, up to a million, and that is no leak.
    """
    text = f"وصلت جرعات اللقاح رقم {number % 997} إلى المستشفيات " + "قال المتحدث إن السوق مفتوح. " * (number % 40)
    titled = {"title": f"خبر {number % 997}", "text": text}
    return (
        ("/v1/predict", orjson.dumps(titled), JSON),
        ("/v1/predict", orjson.dumps({"text": text, "explain": True}), JSON),
        ("/v1/predict/batch", orjson.dumps([{"text": text}] * 3), JSON),
        ("/v1/predict", orjson.dumps({"text": text, "topics": ["gaza"], "threshold": 0.3}), JSON),
        ("/v1/predict", b"{", JSON),
        ("/v1/predict", orjson.dumps(titled), JSON),
        (f"/nowhere/{number}", b"{}", JSON),
        ("/v1/predict/batch", b'{"text": "a"}\n{', LINES),
    )[number % 8]


def ask(address: str, first: int, count: int, statuses: list[int]) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    for number in range(first, first + count):
        path, body, headers = request(number)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()


def ask_from_all_clients(address: str, first: int, count: int) -> list[int]:
    statuses: list[int] = []
    share = count // N_CLIENTS
    threads = [
        threading.Thread(target=ask, args=(address, first + number * share, share, statuses))
        for number in range(N_CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_memory_stays_flat(serve: Callable[..., Any]) -> None:
    service = serve(WASIM_LOG_LEVEL="warning")
    pid = service.process.pid
    ask_from_all_clients(service.address, 0, WARM_UP)
    memory, files = resident_bytes(pid), open_files(pid)
    statuses = ask_from_all_clients(service.address, WARM_UP, N_REQUESTS)
    grown = resident_bytes(pid) - memory
    found = f"{len(statuses):,} requests: {memory / 1e6:.1f} MB before, {grown / 1e6:+.1f} MB after."
    print(found)  # noqa: T201
    if "SOAK_UPDATE" in os.environ:
        write_between(Path(os.environ["SOAK_UPDATE"]), "soak", ["", found, ""])
    assert set(statuses) == {200, 400, 404}
    assert grown < MOST_GROWTH
    assert open_files(pid) <= files + N_CLIENTS
