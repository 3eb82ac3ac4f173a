"""Everything that can go wrong, in one tree.

::

    WasimError
    ├── ArtifactError                 a model on disk can't be used
    │   ├── ArtifactMissingError      there is none
    │   ├── ArtifactCorruptError      a file of it is damaged, cut short or was changed
    │   ├── ArtifactIncompatibleError written in a format this version does not read
    │   └── ArtifactExistsError       another model has that name already
    ├── PromotionRefusedError         the new model is worse than the current one
    ├── CorpusError                   training articles can't be used
    │   ├── CorpusUnreadableError     a line is not what the format says (names file and line)
    │   ├── CorpusTooSmallError       too few articles of a topic (names the counts)
    │   └── CorpusConflictError       one id or one text with two different labels
    ├── ArticleError                  an article can't be classified
    │   ├── ArticleEmptyError         neither title nor text
    │   └── ArticleTooLongError       more characters than the model reads
    ├── ArchiveError                  an archive can't be read or its output not written
    │   ├── ArchiveUnreadableError    an input is missing, damaged or of no known format
    │   ├── ArchiveChangedError       an unfinished run can't go on: input, model or options changed
    │   └── ArchiveWorkerError        workers die over and over
    └── SettingsError                 a setting is unknown or out of its range

A message says what is wrong, where, and what to do. No class knows an HTTP status or an exit code:
the doors keep those in one table each.
"""


class WasimError(Exception):
    """Base of every error that this project raises on purpose."""


class ArtifactError(WasimError):
    """A model on disk can't be used."""


class ArtifactMissingError(ArtifactError):
    """There is no artifact at that place."""


class ArtifactCorruptError(ArtifactError):
    """A file of the artifact is damaged, cut short or was changed."""


class ArtifactIncompatibleError(ArtifactError):
    """The artifact's format is one that this version does not read."""


class ArtifactExistsError(ArtifactError):
    """Another model has that name already."""


class PromotionRefusedError(WasimError):
    """The new model is worse than the current one."""


class CorpusError(WasimError):
    """Training articles can't be used."""


class CorpusUnreadableError(CorpusError):
    """A line or file of a corpus is not what the format says."""


class CorpusTooSmallError(CorpusError):
    """A topic has too few articles to learn from."""


class CorpusConflictError(CorpusError):
    """The same id or the same text stands twice with different labels."""


class ArticleError(WasimError):
    """An article can't be classified."""


class ArticleEmptyError(ArticleError):
    """An article has neither title nor text."""


class ArticleTooLongError(ArticleError):
    """An article has more characters than the model reads."""


class ArchiveError(WasimError):
    """An archive can't be read, or its output not written."""


class ArchiveUnreadableError(ArchiveError):
    """An input is missing, damaged or of no known format."""


class ArchiveChangedError(ArchiveError):
    """An unfinished run can't go on: its input, model or options changed since."""


class ArchiveWorkerError(ArchiveError):
    """Workers die over and over."""


class SettingsError(WasimError):
    """A setting is unknown or out of its range."""
