"""What a model is: text in, topics out. No network, no printing, no command line."""

from importlib import import_module
from typing import TYPE_CHECKING

if __name__ != "wasim.model":
    raise ImportError("import wasim.model: the folder's bare name belongs to no installed package")

if TYPE_CHECKING:
    from wasim.model.article import Article, Classification, ScoredColumns, ScoredTopic, Span, Term
    from wasim.model.errors import WasimError
    from wasim.model.settings import ModelSettings
    from wasim.model.topic_model import TopicModel
    from wasim.model.topics import Topic

_PUBLIC = {
    "Article": "article",
    "Classification": "article",
    "ModelSettings": "settings",
    "ScoredColumns": "article",
    "ScoredTopic": "article",
    "Span": "article",
    "Term": "article",
    "Topic": "topics",
    "TopicModel": "topic_model",
    "WasimError": "errors",
}

__all__ = [
    "Article",
    "Classification",
    "ModelSettings",
    "ScoredColumns",
    "ScoredTopic",
    "Span",
    "Term",
    "Topic",
    "TopicModel",
    "WasimError",
]


def __getattr__(name: str) -> object:
    # Names are imported when first asked for: `wasim --help` needs none of them, nor numpy behind them.
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
