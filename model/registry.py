"""The artifacts folder: several models, one of them current, and the way back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasim.model.artifact import FILES, load, read_manifest
from wasim.model.durable import WRITING_PREFIX, file_that_appears_whole
from wasim.model.errors import ArtifactMissingError
from wasim.model.topic_model import TopicModel


@dataclass(frozen=True, slots=True)
class Registry:
    """A folder of artifacts.

    The file ``current`` holds the name of the model in use; ``previous`` the names that were current
    before, the latest last.

    Parameters
    ----------
    folder
        Where the artifacts are; need not exist yet.
    """

    folder: Path

    @property
    def current(self) -> str | None:
        """The name of the model in use, or None before the first promotion."""
        names = self._names("current")
        return names[0] if names else None

    def names(self) -> list[str]:
        """Every model's name, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(
            path.name
            for path in self.folder.iterdir()
            if (path / FILES.manifest).is_file() and not path.name.startswith(WRITING_PREFIX)
        )

    def manifests(self) -> Iterator[dict[str, Any]]:
        """Read what each model says of itself, by name."""
        return (read_manifest(self.folder / name) for name in self.names())

    def path(self, name: str | None = None) -> Path:
        """Find a model's folder; the current one's when no name is given.

        Raises
        ------
        ArtifactMissingError
            When there is no such model, or none is current.
        """
        name = name or self.current
        if name is None:
            raise ArtifactMissingError(f"{self.folder} has no current model. Run: wasim train --promote")
        if name not in self.names():
            known = ", ".join(self.names()) or "none"
            raise ArtifactMissingError(f"{self.folder} has no model {name!r}; it has: {known}.")
        return self.folder / name

    def load(self, name: str | None = None) -> TopicModel:
        """Load a model; the current one when no name is given."""
        return load(self.path(name))

    def promote(self, name: str) -> None:
        """Make a model current, after loading it once to see that it works."""
        self.load(name)
        before = self.current
        if before == name:
            return
        if before is not None:
            self._write("previous", [*self._names("previous"), before])
        self._write("current", [name])

    def rollback(self) -> str:
        """Make the model current that was so before, and return its name.

        Raises
        ------
        ArtifactError
            When there is none, or it can't be loaded any more.
        """
        *earlier, name = self._names("previous") or [""]
        if not name:
            raise ArtifactMissingError(f"{self.folder} remembers no earlier model to go back to.")
        self.load(name)
        self._write("current", [name])
        self._write("previous", earlier)
        return name

    def _names(self, file: str) -> list[str]:
        path = self.folder / file
        return path.read_text(encoding="utf-8").split() if path.is_file() else []

    def _write(self, file: str, names: list[str]) -> None:
        with file_that_appears_whole(self.folder / file) as written:
            written.write("".join(f"{name}\n" for name in names).encode())


def artifact_path(path: Path) -> Path:
    """Find an artifact: the folder itself if it is one, else the current one of an artifacts folder."""
    return path if (path / FILES.manifest).is_file() else Registry(path).path()
