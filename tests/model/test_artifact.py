import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from wasim.model import Article, TopicModel
from wasim.model.artifact import FILES, golden_articles, load, read_card, read_manifest, save
from wasim.model.errors import (
    ArtifactCorruptError,
    ArtifactExistsError,
    ArtifactIncompatibleError,
    ArtifactMissingError,
)
from wasim.training.train import TrainedModel


@pytest.fixture
def copied(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "small"))


def edit_manifest(artifact: Path, **changes: object) -> None:
    path = artifact / FILES.manifest
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_missing_artifact_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactMissingError, match="nowhere"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [FILES.weights, FILES.vocabulary, FILES.card])
def test_a_file_cut_short_changed_or_removed_is_refused(copied: Path, name: str) -> None:
    path, whole = copied / name, (copied / name).read_bytes()
    for damaged in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
        path.write_bytes(damaged)
        with pytest.raises(ArtifactCorruptError, match=name):
            load(copied)
    path.unlink()
    with pytest.raises(ArtifactCorruptError, match=f"{name} is missing"):
        load(copied)


@pytest.mark.parametrize("manifest", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_manifest_that_is_not_json_is_refused(copied: Path, manifest: bytes) -> None:
    (copied / FILES.manifest).write_bytes(manifest)
    with pytest.raises(ArtifactCorruptError, match="not JSON"):
        load(copied)


@pytest.mark.parametrize("version", [2, 0, None, "1"])
def test_another_format_version_is_refused(copied: Path, version: object) -> None:
    edit_manifest(copied, format_version=version)
    with pytest.raises(ArtifactIncompatibleError, match="format version"):
        load(copied)


@pytest.mark.parametrize(
    "changes",
    [
        {"topics": []},
        {"settings": {}},
        {"calibration": {}},
        {"sha256": {}},
        {"topics": [{"id": "x"}]},
        {"name": 3, "topics": 1},
    ],
)
def test_a_manifest_that_describes_no_whole_model_is_refused(copied: Path, changes: dict[str, object]) -> None:
    edit_manifest(copied, **changes)
    with pytest.raises(ArtifactCorruptError):
        load(copied)


def test_saving_the_same_model_again_changes_nothing(saved: Path, trained: TrainedModel) -> None:
    before = (saved / FILES.manifest).stat().st_mtime_ns
    card = (saved / FILES.card).read_text()
    assert save(trained.model, trained.provenance, card, saved.parent) == saved
    assert (saved / FILES.manifest).stat().st_mtime_ns == before


def test_another_model_of_that_name_is_refused_and_the_old_one_stays(copied: Path, trained: TrainedModel) -> None:
    with pytest.raises(ArtifactExistsError, match="--name"):
        save(trained.model, trained.provenance, "another card", copied.parent)
    assert load(copied).name == "small"


@pytest.mark.skipif(sys.platform != "linux", reason="limits file sizes as Linux does")
def test_a_full_disk_leaves_no_part_of_an_artifact(saved: Path, tmp_path: Path) -> None:
    program = f"""
import resource, signal
from pathlib import Path
from wasim.model.artifact import Provenance, load, save
model = load(Path({str(saved)!r}))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    save(model, Provenance("", 0, {{}}, {{}}, ()), "card", Path({str(tmp_path)!r}))
except OSError as error:
    print("refused", error.errno)
"""
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout.startswith("refused")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="kills as Linux does")
def test_a_save_that_is_killed_leaves_the_folder_as_it_was(saved: Path, tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from wasim.model import artifact
model = artifact.load(Path({str(saved)!r}))
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
artifact.save(model, artifact.Provenance("", 0, {{}}, {{}}, ()), "card", Path({str(tmp_path)!r}))
"""
    finished = subprocess.run([sys.executable, "-c", program], check=False)
    assert finished.returncode == -9
    assert not (tmp_path / "small").exists()


def test_golden_articles_come_back_with_their_topics(saved: Path) -> None:
    golden = golden_articles(saved)
    answers = load(saved).classify(one.article for one in golden)
    assert [answer.topics for answer in answers] == [one.topics for one in golden]
    assert {one.topics for one in golden} == {("weather",), ("football",), ()}


def test_an_artifact_can_be_read_by_others(saved: Path) -> None:
    assert saved.stat().st_mode & 0o055 == 0o055
    assert all(os.access(path, os.R_OK) for path in saved.iterdir())


def test_a_renamed_model_is_another_model(trained: TrainedModel, tmp_path: Path) -> None:
    for name in ("one", "two"):
        save(replace(trained.model, name=name), trained.provenance, "card", tmp_path)
    assert TopicModel.load(tmp_path / "one").classify([Article("أمطار")]) == TopicModel.load(tmp_path / "two").classify(
        [Article("أمطار")]
    )


_JUDGE = """
import os, signal, sys
from pathlib import Path
from wasim.model.artifact import record_judged

def kill(event, arguments):
    global left
    if event in ("os.rename", "os.remove"):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

left = int(sys.argv[2])
sys.addaudithook(kill)
record_judged(Path(sys.argv[1]), sys.argv[3], {"data": sys.argv[3]})
"""


def _judge(artifact: Path, step: int) -> int:
    command = [sys.executable, "-c", _JUDGE, artifact, str(step + 1), f"card {step}"]
    return subprocess.run(command, check=False).returncode


def test_an_artifact_is_whole_whenever_judging_is_killed(copied: Path) -> None:
    """Every step is killed in turn, each on what the kills before it have left."""
    before, steps = read_card(copied), 0
    while _judge(copied, steps) == -signal.SIGKILL:
        judged = read_manifest(copied).get("judged")
        assert read_card(copied) == (judged["data"] if judged else before)
        assert load(copied).name == "small"
        steps += 1
    assert steps > 3
    assert read_card(copied) == (copied / FILES.card).read_text() == f"card {steps}"
