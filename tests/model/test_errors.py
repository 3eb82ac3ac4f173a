from collections.abc import Iterator

from wasim.model import errors
from wasim.model.errors import WasimError
from wasim.service.cli import EXIT_CODE
from wasim.service.errors import HTTP_STATUS


def all_errors(kind: type[WasimError] = WasimError) -> Iterator[type[WasimError]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from all_errors(subclass)


def test_every_error_has_a_status_and_an_exit_code() -> None:
    for table in (HTTP_STATUS, EXIT_CODE):
        assert [kind for kind in all_errors() if not set(kind.__mro__) & set(table)] == []


def test_every_error_is_drawn_in_the_tree() -> None:
    assert errors.__doc__ is not None
    assert [kind.__name__ for kind in all_errors() if kind.__name__ not in errors.__doc__] == []


def test_every_error_says_what_it_means() -> None:
    assert [kind.__name__ for kind in all_errors() if not kind.__doc__] == []
