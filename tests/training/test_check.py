import json
from pathlib import Path

import pytest

from wasim.training.check import check_corpus

WORDS = [f"كلمة{number}" for number in range(60)]
GOOD = {"id": "1", "title": "أمطار غزيرة", "text": " ".join(WORDS[:40]), "topics": ["weather"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    toml = '[[topic]]\nid = "weather"\nname_ar = "الطقس"\nname_en = "Weather"\n'
    (tmp_path / "topics.toml").write_text(toml, encoding="utf-8")
    return tmp_path


def write(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def findings(folder: Path, *rows: object, real: tuple[Path, ...] = ()) -> list[str]:
    write(folder / "articles" / "a.jsonl", *rows)
    return [str(finding) for finding in check_corpus([folder], real)]


def test_a_good_corpus_has_no_findings(folder: Path) -> None:
    assert findings(folder, GOOD, GOOD | {"id": "2", "text": " ".join(WORDS[40:])}) == []


def test_every_bad_line_is_found_and_not_the_first_alone(folder: Path) -> None:
    found = findings(folder, "{", GOOD, "[]")
    assert [line.split(": ")[0].rsplit("/", 1)[1] for line in found] == ["a.jsonl:1", "a.jsonl:3"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": "", "text": "قصير"}, "only 1 words"),
        ({"text": "ÇáÃãä ÇáÓíÈÑÇäí Ýí ÇáããáßÉ ÇáÚÑÈíÉ"}, "windows-1256"),
        ({"text": "\ufffd\ufffd\ufffd\ufffd نص \ufffd\ufffd\ufffd\ufffd مكسور"}, "windows-1256"),
        ({"mentions": ["weather"]}, "stands in topics and in mentions"),
    ],
)
def test_a_damaged_article_is_found(folder: Path, changes: dict[str, object], problem: str) -> None:
    [found] = findings(folder, GOOD | changes)
    assert problem in found


def test_articles_that_share_many_runs_are_found(folder: Path) -> None:
    [found] = findings(folder, GOOD, GOOD | {"id": "2", "text": " ".join([*WORDS[:30], *WORDS[45:]])})
    assert "a.jsonl:2" in found
    assert "a.jsonl:1" in found


def test_articles_near_published_ones_are_found(folder: Path, tmp_path: Path) -> None:
    real = write(tmp_path / "real.jsonl", {"title": None, "text": "x"}, {"title": "", "text": " ".join(WORDS[5:40])})
    [found] = findings(folder, GOOD, real=(real,))
    assert "real.jsonl:2" in found


def test_conflicts_are_findings_too(folder: Path) -> None:
    assert any("another text or other topics" in found for found in findings(folder, GOOD, GOOD | {"topics": []}))
