"""The client itself."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from wasim.model import Article
from wasim.model.errors import ServiceRefusedError, ServiceUnreachableError
from wasim.service.client.answers import Correction, Feedback, Prediction, RefusedLine
from wasim.service.client.retries import TEMPORARY, Retries

_LINES = "application/x-ndjson"
# Articles of a stream in one request. httpx reads no answer before all is sent, and the service reads no more
# before its answers are taken: those to one group fit into what the network holds.
_GROUP = 100


class Client:
    """Asks one service; keeps its connections open, so use it as a context manager.

    Parameters
    ----------
    address
        As ``http://127.0.0.1:8000``.
    key
        The API key, if the service asks for one.
    seconds
        How long to wait for an answer.
    retries
        When to try again. Everything here is safe to be sent twice, so it is tried again when the service can't be
        reached or says that it is busy.

    Raises
    ------
    ServiceRefusedError
        From every method, when the service says no, or stays busy; has the problem document's ``status`` and
        ``title``.
    ServiceUnreachableError
        From every method, when there is no service at the address.

    Examples
    --------
    >>> with Client("http://127.0.0.1:8000") as client:  # doctest: +SKIP
    ...     client.predict(Article(text="غارات على قطاع غزة")).topics
    ('gaza',)
    """

    def __init__(self, address: str, key: str = "", seconds: float = 30.0, retries: Retries | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=seconds)
        self._retries = retries or Retries()

    def predict(
        self,
        article: Article,
        *,
        explain: bool = False,
        threshold: float | None = None,
        topics: Sequence[str] | None = None,
    ) -> Prediction:
        """Tag one article.

        Parameters
        ----------
        article
            Title or text may be empty, not both.
        explain
            Whether to say which words earned each score.
        threshold
            From which probability on to tag, in (0, 1]; each topic's own when left out.
        topics
            The ids of those to judge; all when left out.
        """
        wanted = {"explain": explain or None, "threshold": threshold, "topics": list(topics) if topics else None}
        posted = _posted(article) | {name: value for name, value in wanted.items() if value is not None}
        return Prediction.of(self._json("POST", "/v1/predict", posted))

    def predict_batch(self, articles: Iterable[Article]) -> list[Prediction]:
        """Tag a list of articles; one that is wrong refuses all."""
        answers = self._json("POST", "/v1/predict/batch", [_posted(article) for article in articles])
        return [Prediction.of(answer) for answer in answers]

    def stream(self, articles: Iterable[Article]) -> Iterator[Prediction | RefusedLine]:
        """Tag articles without an end: yields one answer for each, in order.

        They are taken and sent in groups, so that an archive of any size passes through, the first answers come
        early, and a group that met a busy service is sent again.
        """
        remaining, sent = iter(articles), 0
        while group := [_posted(article) for article in islice(remaining, _GROUP)]:
            lines = b"".join(orjson.dumps(posted, option=orjson.OPT_APPEND_NEWLINE) for posted in group)
            response = self._ask("POST", "/v1/predict/batch", lines, {"Content-Type": _LINES})
            for line in response.iter_lines():
                answer = orjson.loads(line)
                if "status" in answer:
                    number = sent + answer["line"]
                    yield RefusedLine(number, answer["status"], answer["title"], answer["detail"])
                else:
                    yield Prediction.of(answer)
            sent += len(group)

    def topics(self) -> list[dict[str, Any]]:
        """List the topics that the service can tag, with names, descriptions and thresholds."""
        return list(self._json("GET", "/v1/topics"))

    def model(self) -> dict[str, Any]:
        """Say which model answers, where it comes from and how good it was found to be."""
        return dict(self._json("GET", "/v1/model"))

    def correct(self, correction: Correction) -> Feedback:
        """Send a correction; tried again under one idempotency key, it is kept once."""
        body = _posted(correction.article) | {"topics": list(correction.topics)}
        body |= {name: value for name, value in (("by", correction.by), ("note", correction.note)) if value}
        headers = {"Idempotency-Key": correction.idempotency_key}
        return Feedback.of(self._json("POST", "/v1/feedback", body, headers))

    def withdraw(self, feedback_id: str) -> Feedback:
        """Take a correction back."""
        return Feedback.of(self._json("DELETE", f"/v1/feedback/{feedback_id}"))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        """Use as a context manager."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def _json(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        if body is None:
            return orjson.loads(self._ask(method, path).content)
        sent = {"Content-Type": "application/json", **(headers or {})}
        return orjson.loads(self._ask(method, path, orjson.dumps(body), sent).content)

    def _ask(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        for attempt in range(self._retries.most + 1):
            is_last = attempt == self._retries.most
            retry_after = ""
            try:
                response = self._http.request(method, path, content=content, headers=headers)
            except httpx.TransportError as error:
                if is_last:
                    raise self._unreachable(error) from error
            else:
                if response.is_success:
                    return response
                if is_last or response.status_code not in TEMPORARY:
                    raise _refused(response)
                retry_after = response.headers.get("retry-after", "")
            time.sleep(self._retries.pause(attempt, retry_after))
        raise AssertionError("the last attempt returns or raises")

    def _unreachable(self, error: Exception) -> ServiceUnreachableError:
        reason = str(error) or type(error).__name__
        return ServiceUnreachableError(
            f"{self._http.base_url} can't be reached ({reason}). Does wasim serve run there?"
        )


def _posted(article: Article) -> dict[str, Any]:
    return {"title": article.title, "text": article.text}


def _refused(response: httpx.Response) -> ServiceRefusedError:
    try:
        problem = dict(orjson.loads(response.content))
    except ValueError:  # a proxy's own page
        problem = {}
    title, detail = problem.get("title", response.reason_phrase), problem.get("detail", "")
    message = f"{response.request.url} answered {response.status_code} {title}: {detail}"
    return ServiceRefusedError(message, response.status_code, title)
