from pathlib import Path

import pytest

from wasim.model import Topic
from wasim.model.errors import CorpusUnreadableError, SettingsError
from wasim.training.corpus import LabelledArticle, read_corpus
from wasim.training.review.labels import DecisionFile, LabelFolder, known_ids, write_topics

TOPICS = (Topic("weather", "الطقس", "Weather"), Topic("football", 'كرة "القدم"', "Football", "سطر\nثان\\", "\x7f"))


def labelled(number: int, *topics: str) -> LabelledArticle:
    return LabelledArticle(id=str(number), title=f"عنوان {number}", text="نص", topics=topics)


def test_what_was_decided_is_a_corpus(tmp_path: Path) -> None:
    with LabelFolder(tmp_path, TOPICS) as folder:
        folder.add(labelled(1, "weather"))
        folder.skip("2")
    corpus = read_corpus([tmp_path])
    assert corpus.topics == TOPICS
    assert corpus.labelled == (labelled(1, "weather"),)
    assert known_ids(tmp_path) == {"1", "2"}
    assert known_ids(tmp_path / "nowhere") == set()


def test_the_last_decision_can_be_taken_back_label_or_skip(tmp_path: Path) -> None:
    with LabelFolder(tmp_path, TOPICS) as folder:
        folder.add(labelled(1, "weather"))
        folder.skip("2")
        folder.add(labelled(3))
        assert [folder.last, folder.undo(), folder.last, folder.undo(), folder.last] == [
            "3",
            labelled(3),
            "2",
            None,
            "1",
        ]
    with LabelFolder(tmp_path, ()) as folder:
        assert list(folder.labelled) == ["1"]
        assert folder.undo() == labelled(1, "weather")
        assert folder.last is None
    assert known_ids(tmp_path) == set()


def test_a_line_cut_short_by_a_crash_is_cut_off_and_no_other_is_lost(tmp_path: Path) -> None:
    with LabelFolder(tmp_path, TOPICS) as folder:
        folder.add(labelled(1))
    reviewed = tmp_path / "articles" / "reviewed.jsonl"
    whole = reviewed.read_bytes()
    for torn in range(1, len(whole)):
        reviewed.write_bytes(whole + whole[:torn])
        assert known_ids(tmp_path) == {"1"}
        with LabelFolder(tmp_path, ()) as folder:
            assert list(folder.labelled) == ["1"]
        assert reviewed.read_bytes() == whole


def test_one_reviewer_at_a_time(tmp_path: Path) -> None:
    with LabelFolder(tmp_path, TOPICS), pytest.raises(SettingsError, match="somebody is reviewing"):
        LabelFolder(tmp_path, TOPICS)
    LabelFolder(tmp_path, TOPICS).__exit__(None, None, None)


def test_a_folder_of_other_topics_is_refused(tmp_path: Path) -> None:
    write_topics(TOPICS[:1], tmp_path / "topics.toml")
    with pytest.raises(SettingsError, match="does not define football"):
        LabelFolder(tmp_path, TOPICS)


def test_a_line_that_somebody_spoilt_is_named(tmp_path: Path) -> None:
    with LabelFolder(tmp_path, TOPICS) as folder:
        folder.add(labelled(1))
    with (tmp_path / "articles" / "reviewed.jsonl").open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(CorpusUnreadableError, match=r"reviewed.jsonl:2"):
        LabelFolder(tmp_path, TOPICS)


def test_a_full_disk_leaves_the_decisions_before_it(tmp_path: Path) -> None:
    import resource
    import signal

    decisions = DecisionFile(tmp_path / "file")
    decisions.add(b"1\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            decisions.add(b"2" * 10_000 + b"\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    decisions.add(b"3\n")
    decisions.close()
    assert (tmp_path / "file").read_bytes() == b"1\n3\n"
