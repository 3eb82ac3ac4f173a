"""What a run is about: when any of it changes, an unfinished run can't go on."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from wasim.model import TopicModel
from wasim.service.archive.options import TagOptions
from wasim.service.archive.readers import Source


def make_plan(model: TopicModel, sources: Sequence[Source], options: TagOptions) -> Mapping[str, Any]:
    """Lay out, as JSON, the model, the options that change the output, and the state of the input."""
    since = options.read.since
    read = asdict(options.read) | {"since": since.isoformat() if since else None}
    return {
        "model": [model.name, fingerprint(model)],
        "options": [read, asdict(options.write)],
        "input": [[source.name, source.state] for source in sources],
    }


def fingerprint(model: TopicModel) -> str:
    """Sum up all that decides what a model answers, SHA-256."""
    digest = hashlib.sha256()
    linear, calibration = model.linear, model.calibration
    for array in (
        *(linear.idf, linear.weights, linear.bias),
        *(calibration.slopes, calibration.offsets, calibration.thresholds),
    ):
        digest.update(array.tobytes())
    for text in (model.name, *(topic.id for topic in model.topics), *model.vocabulary.terms):
        digest.update(f"{text}\n".encode())
    digest.update(repr(model.settings).encode())
    return digest.hexdigest()
