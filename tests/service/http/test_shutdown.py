"""SIGTERM under load: whoever was let in is answered."""

import http.client
import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

BODY = json.dumps({"text": "وصلت جرعات اللقاح إلى المستشفيات " * 20})


def ask_until_refused(address: str, outcomes: Counter[str], *, keeps_connection: bool) -> None:
    """Ask again and again, until there is nobody to connect to; count how each request went."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    while True:
        if connection.sock is None:
            try:
                connection.connect()
            except OSError:
                return
        try:
            connection.request("POST", "/v1/predict", BODY, {"Content-Type": "application/json"})
            response = connection.getresponse()
            outcomes[f"{response.status}"] += bool(json.loads(response.read()))
            if response.will_close or not keeps_connection:
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            outcomes[f"lost: {error!r}"] += 1
            connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems reset who has knocked and was not let in")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_under_load_loses_no_request(serve: Callable[..., Any], workers: str) -> None:
    service = serve(WASIM_WORKERS=workers)
    outcomes: Counter[str] = Counter()
    clients = [
        threading.Thread(target=ask_until_refused, args=(service.address, outcomes), kwargs={"keeps_connection": keeps})
        for keeps in [True, False] * 8
    ]
    for client in clients:
        client.start()
    while outcomes["200"] < 200:
        time.sleep(0.01)
    code = service.stop()
    for client in clients:
        client.join()
    assert set(outcomes) == {"200"}, outcomes
    assert code in (0, -signal.SIGTERM)
