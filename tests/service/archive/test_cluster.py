"""Dask does the same work to the same bytes, a killed worker and object stores included."""

import os
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.service.archive.processes import archive_of, children, parts_done, start, wait_for
from wasim.model import TopicModel
from wasim.model.errors import ArchiveChangedError, ArchiveError, ArchiveUnreadableError, SettingsError
from wasim.service.archive.options import ReadOptions, RunOptions, TagOptions, WriteOptions
from wasim.service.archive.tag import Progress, tag_archive

SHARDS = ReadOptions(shard_bytes=50_000)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive_of(tmp_path_factory.mktemp("cluster") / "in.jsonl", 4000, words_each=40)


@pytest.fixture(scope="module")
def quiet(archive: Path, small: TopicModel) -> bytes:
    tag_archive(small, [archive], archive.with_name("quiet.jsonl"), TagOptions(SHARDS, run=RunOptions(1)))
    return archive.with_name("quiet.jsonl").read_bytes()


def is_worker(pid: int) -> bool:
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux to find a process's workers")
def test_dask_gives_the_same_bytes_though_a_worker_is_killed(
    archive: Path, saved: Path, tmp_path: Path, quiet: bytes
) -> None:
    output = tmp_path / "out.jsonl"
    command = ["tag", archive, "--output", output, "--artifacts", saved, "--shard-bytes", "50000"]
    process = start(*command, "--engine", "dask", "--workers", "2")
    wait_for(lambda: parts_done(output) >= 3 or process.poll() is not None)
    workers = [pid for pid in children(process.pid) if is_worker(pid)]
    os.kill(workers[0], signal.SIGKILL)
    assert process.wait() == 8
    assert output.read_bytes() == quiet


def test_a_scheduler_that_is_not_there_is_told(archive: Path, small: TopicModel, tmp_path: Path) -> None:
    options = TagOptions(SHARDS, run=RunOptions(engine="dask", scheduler="nonsense://127.0.0.1:1"))
    with pytest.raises(SettingsError, match="no Dask scheduler"):
        tag_archive(small, [archive], tmp_path / "out.jsonl", options)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Serve S3 on this machine, and name a bucket in it."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }  # fmt: skip
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    boto3.client("s3").create_bucket(Bucket="news")
    yield "s3://news"
    server.stop()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


def files(prefix: str) -> dict[str, bytes]:
    import fsspec

    found = fsspec.filesystem("s3")
    found.invalidate_cache()
    return {path: found.cat_file(path) for path in found.find(prefix)}


@pytest.mark.filterwarnings("default")  # what botocore warns of is not ours
def test_an_object_store_is_read_and_written_and_resumed(
    bucket: str, archive: Path, small: TopicModel, quiet: bytes
) -> None:
    import fsspec

    fsspec.filesystem("s3").pipe_file(f"{bucket}/in.jsonl", archive.read_bytes())
    source, output = f"{bucket}/in.jsonl", f"{bucket}/out.jsonl"
    options = TagOptions(SHARDS, run=RunOptions(1))

    def stop(progress: Progress) -> None:
        if progress.articles > 1000:
            raise StoppedError

    with pytest.raises(StoppedError):
        tag_archive(small, [source], output, options, stop)
    assert "news/out.jsonl" not in files("news/")
    with pytest.raises(ArchiveChangedError):
        tag_archive(small, [source], output, TagOptions(ReadOptions(), run=RunOptions(1)))
    assert tag_archive(small, [source], output, options).resumed > 1000
    assert files("news/")["news/out.jsonl"] == quiet
    assert not any(".unfinished" in path for path in files("news/"))


@pytest.mark.filterwarnings("default")
def test_a_folder_on_an_object_store(bucket: str, archive: Path, small: TopicModel, quiet: bytes) -> None:
    options = TagOptions(SHARDS, WriteOptions(partition="shard"), RunOptions(1))
    for _ in range(2):
        tag_archive(small, [archive], f"{bucket}/folder", options)
    parts = [data for path, data in sorted(files("news/folder/").items()) if "/part-" in path]
    assert b"".join(parts) == quiet
    with pytest.raises(ArchiveUnreadableError, match="is missing"):
        tag_archive(small, [f"{bucket}/nothing.jsonl"], f"{bucket}/x.jsonl")


@pytest.mark.parametrize(
    ("address", "says"),
    [("gs://news/in.jsonl", "pip install gcsfs"), ("nonsense://news/in.jsonl", "Protocol not known: nonsense")],
)
def test_an_address_that_needs_more_says_what(small: TopicModel, tmp_path: Path, address: str, says: str) -> None:
    if "gcsfs" in says and find_spec("gcsfs"):
        pytest.skip("gcsfs is installed")
    with pytest.raises(ArchiveError, match=says):
        tag_archive(small, [address], tmp_path / "out.jsonl")


class StoppedError(Exception):
    pass
