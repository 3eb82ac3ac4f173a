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
    ├── AccessError                   a caller may not ask this
    │   ├── UnauthenticatedError      no API key, or one that is unknown or revoked
    │   └── ScopeMissingError         the key is not good for this
    ├── KeyMissingError               there is no API key of that id
    ├── FeedbackError                 a correction can't be taken
    │   ├── FeedbackMissingError      there is none of that id
    │   ├── FeedbackConflictError     it contradicts what was sent or decided before
    │   └── FeedbackInvalidError      a topic or a page is not what the service knows
    ├── StoreError                    the service's database can't be used
    │   ├── StoreUnavailableError     it does not answer, or is none
    │   └── StoreIncompatibleError    another version of wasim made its tables
    ├── ServiceError                  a service that was asked gave no answer
    │   ├── ServiceRefusedError       it said no (has the problem document's status and title)
    │   └── ServiceUnreachableError   there is none at that address
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


class AccessError(WasimError):
    """A caller may not ask this."""


class UnauthenticatedError(AccessError):
    """The caller sent no API key, or one that is unknown or revoked."""


class ScopeMissingError(AccessError):
    """The caller's API key is not good for this."""


class KeyMissingError(WasimError):
    """There is no API key of that id."""


class FeedbackError(WasimError):
    """A correction can't be taken."""


class FeedbackMissingError(FeedbackError):
    """There is no correction of that id, or it is not the caller's."""


class FeedbackConflictError(FeedbackError):
    """A correction contradicts what was sent or decided before."""


class FeedbackInvalidError(FeedbackError):
    """A correction names a topic, or a page of corrections, that the service does not know."""


class StoreError(WasimError):
    """The service's database can't be used."""


class StoreUnavailableError(StoreError):
    """The database does not answer, has no room, or is none."""


class StoreIncompatibleError(StoreError):
    """Another version of wasim made the database's tables."""


class ServiceError(WasimError):
    """A service that was asked over HTTP gave no answer."""


class ServiceRefusedError(ServiceError):
    """The service said no, and why; ``status`` and ``title`` are its problem document's."""

    def __init__(self, message: str, status: int, title: str) -> None:
        super().__init__(message)
        self.status, self.title = status, title


class ServiceUnreachableError(ServiceError):
    """There is no service at that address."""


class SettingsError(WasimError):
    """A setting is unknown or out of its range."""
