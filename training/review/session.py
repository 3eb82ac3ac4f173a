"""A reviewer at work: which article is shown, what is marked, and what each key does. No terminal in here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from wasim.model.topics import Topic
from wasim.training.corpus import LabelledArticle
from wasim.training.review.labels import LabelFolder
from wasim.training.review.queue import QueuedArticle

TOPICS_AT_ONCE = 9
SAVE, SKIP, UNDO, QUIT, MENTION, MORE_TOPICS = "\n", "s", "u", "q", "m", "\t"
PAGE_ON, PAGE_BACK = " ", "b"


class Mark(StrEnum):
    """What an article has to do with a topic."""

    NONE = ""
    MENTION = "mention"
    ABOUT = "about"


@dataclass(slots=True)
class ReviewSession:
    """Goes through a queue; :meth:`press` is all that a terminal has to call.

    Parameters
    ----------
    queue
        In the order in which they are shown. What the folder has a decision on is passed over, so that a new
        session goes on where the last one stopped, however it stopped.
    folder
        Where decisions go.
    """

    queue: Sequence[QueuedArticle]
    folder: LabelFolder
    place: int = 0
    page: int = 0
    first_topic: int = 0
    is_over: bool = False
    is_marking_mention: bool = False
    marks: dict[str, Mark] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._show(0)

    @property
    def current(self) -> QueuedArticle | None:
        """The article that is shown, or None at the end of the queue."""
        return self.queue[self.place] if self.place < len(self.queue) else None

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics that the keys 1 to 9 stand for."""
        return self.folder.topics[self.first_topic : self.first_topic + TOPICS_AT_ONCE]

    def press(self, key: str) -> None:
        """Do what a key stands for; an unknown one does nothing."""
        is_marking_mention, self.is_marking_mention = self.is_marking_mention, False
        if key == QUIT:
            self.is_over = True
        elif key == UNDO:
            self._undo()
        elif key == MENTION:
            self.is_marking_mention = not is_marking_mention
        elif key == MORE_TOPICS:
            following = self.first_topic + TOPICS_AT_ONCE
            self.first_topic = following if following < len(self.folder.topics) else 0
        elif key in (PAGE_ON, PAGE_BACK):
            self.page = max(self.page + (1 if key == PAGE_ON else -1), 0)
        elif self.current is not None:
            self._decide(self.current, key, Mark.MENTION if is_marking_mention else Mark.ABOUT)

    def _decide(self, current: QueuedArticle, key: str, mark: Mark) -> None:
        if key == SAVE:
            self.folder.add(self._labelled(current))
            self._show(self.place + 1)
        elif key == SKIP:
            self.folder.skip(current.id)
            self._show(self.place + 1)
        elif key.isdecimal() and 1 <= int(key) <= len(self.topics):
            topic = self.topics[int(key) - 1].id
            self.marks[topic] = Mark.NONE if self.marks[topic] is mark else mark

    def _undo(self) -> None:
        """Open the last decided article again, as it was decided; one of another queue stays as it is."""
        places = [place for place, queued in enumerate(self.queue) if queued.id == self.folder.last]
        if places:
            decided = self.folder.undo()
            self._show(places[0])
            if decided is not None:
                self._mark(decided.topics, decided.mentions)

    def _show(self, place: int) -> None:
        """Show the first article from a place on that nothing was decided about."""
        while place < len(self.queue) and self.queue[place].id in self.folder:
            place += 1
        self.place, self.page = place, 0
        self._mark((), ())
        if self.current is not None:
            given = self.current.suggested if self.current.labels is None else self.current.labels
            self._mark(given, self.current.mentions)

    def _mark(self, about: Sequence[str], mentioned: Sequence[str]) -> None:
        self.marks = {
            topic.id: Mark.ABOUT if topic.id in about else Mark.MENTION if topic.id in mentioned else Mark.NONE
            for topic in self.folder.topics
        }

    def _labelled(self, current: QueuedArticle) -> LabelledArticle:
        return LabelledArticle(
            id=current.id,
            title=current.title,
            text=current.text,
            topics=self._marked(Mark.ABOUT),
            mentions=self._marked(Mark.MENTION),
        )

    def _marked(self, mark: Mark) -> tuple[str, ...]:
        return tuple(topic for topic, given in self.marks.items() if given is mark)
