"""A small Python client of the HTTP service; needs the extra ``client``."""

from importlib.util import find_spec

if find_spec("httpx") is None:
    raise ImportError("wasim's client needs httpx. Install it: pip install 'wasim[client]'")

from wasim.service.client.answers import Correction, Feedback, Prediction, RefusedLine
from wasim.service.client.client import Client
from wasim.service.client.retries import Retries

__all__ = ["Client", "Correction", "Feedback", "Prediction", "RefusedLine", "Retries"]
