"""The kernel is compiled once a machine, and no state of a cache stops it."""

import subprocess
import sys
from pathlib import Path

import pytest

from wasim.model.kernel import machine_code
from wasim.model.kernel.machine_code import Kernel, load_kernel, object_file


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    cache = tmp_path_factory.mktemp("cache")
    return cache, object_file([cache])


def test_what_was_compiled_is_read_again(compiled: tuple[Path, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    cache, code = compiled
    monkeypatch.setitem(sys.modules, "numba", None)  # importing it would fail now
    assert object_file([cache / "not there", cache]) == code
    assert Kernel(code).score_articles


def test_a_damaged_object_file_is_compiled_anew(compiled: tuple[Path, bytes], tmp_path: Path) -> None:
    cache, code = compiled
    [file] = cache.iterdir()
    for damage in (b"", file.read_bytes()[:-100], file.read_bytes()[:-1] + b"x"):
        (tmp_path / file.name).write_bytes(damage)
        assert len(object_file([tmp_path])) == len(code)
        assert (tmp_path / file.name).stat().st_size == file.stat().st_size


def test_where_no_cache_can_be_written_the_code_lives_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert Kernel(object_file([tmp_path / "file" / "cache"])).score_articles


def test_the_next_folder_keeps_it_where_the_first_is_read_only(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    object_file([tmp_path / "file" / "cache", tmp_path / "user"])
    assert len(list((tmp_path / "user").iterdir())) == 1


def test_a_warm_start_does_without_numba(root: Path) -> None:
    load_kernel()
    program = (
        "import sys; from wasim.model import TopicModel;"
        "print(TopicModel.load('artifacts').warm_up(), 'numba' in sys.modules)"
    )
    finished = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert finished.stdout.split() == ["True", "False"]


def test_the_key_covers_every_source_that_is_compiled() -> None:
    folder = Path(machine_code.__file__).parent
    compiled = {path.name for path in folder.glob("*.py") if "@inlined" in path.read_text()}
    assert compiled | {"layout.py"} == set(machine_code.SOURCES)
