from pathlib import Path

import pytest

from wasim.model import Article, ModelSettings, TopicModel
from wasim.model.errors import CorpusUnreadableError
from wasim.training.import_formats.records import BadRecord
from wasim.training.review.pool import PooledArticle
from wasim.training.topics.seeds import Seeds, queue_by_seeds, read_seeds

TEXTS = {
    "both": "وصل القطار إلى محطة القطار الجديدة",
    "one": "وصل القطار متأخرا هذا الصباح",
    "none": "فاز الفريق على ضيفه في الملعب",
    "other": "افتتح المعرض في العاصمة مساء أمس",
}
POOL = [PooledArticle(name, Article("", text)) for name, text in TEXTS.items()]


def seeds_of(folder: Path, text: str) -> Seeds:
    (folder / "seeds.txt").write_text(text, encoding="utf-8")
    return read_seeds(folder / "seeds.txt", ModelSettings())


def test_seeds_are_read_as_terms(tmp_path: Path) -> None:
    seeds = seeds_of(tmp_path, "\ufeff# trains\nالقطار\n\nمحطة القطار # two that stand together\nقِطـــار\nسكك\n")
    assert list(seeds.words.values()) == ["القطار", "محطة القطار", "سكك"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "0 different words"),
        ("قطار\nالقطار\nقطار\n", "1 different words"),
        ("قطار\nمحطة قطار المدينة\nسكك", r"seeds.txt:2: .* is no term"),
        ("قطار\n12\nسكك", r"seeds.txt:2"),
        ("قطار\n😀\nسكك", r"seeds.txt:2"),
    ],
)
def test_what_is_no_seed_is_named_by_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CorpusUnreadableError, match=message):
        seeds_of(tmp_path, text)


def test_a_missing_file_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadableError, match="10 to 30 words"):
        read_seeds(tmp_path / "nowhere.txt", ModelSettings())


def test_articles_with_most_of_the_seeds_come_first_and_others_between(tmp_path: Path, model: TopicModel) -> None:
    seeds = seeds_of(tmp_path, "القطار\nمحطة القطار\nسكك\n")
    found = queue_by_seeds(model, seeds, lambda: [BadRecord("a:1", "bad"), *POOL], 4)
    ids = [queued.id for queued in found.queue]
    assert [one for one in ids if one in ("both", "one")] == ["both", "one"]
    assert ids[0] == "both"
    assert ids[1] in ("none", "other")
    assert found.queue[0].why == ("has القطار, محطة القطار",)
    assert found.queue[0].worth == 1
    assert found.unseen_words == ["سكك"]
    assert (found.n_articles, len(found.bad)) == (4, 1)


def test_an_archive_without_any_seed_gives_articles_by_chance(tmp_path: Path, model: TopicModel) -> None:
    seeds = seeds_of(tmp_path, "سفينة\nميناء\nبحر\n")
    found = queue_by_seeds(model, seeds, lambda: POOL, 2)
    assert len(found.queue) == 2
    assert len(found.unseen_words) == 3
    assert queue_by_seeds(model, seeds, list, 2).queue == []


def test_no_more_are_chosen_than_wanted_and_equal_runs_choose_equally(tmp_path: Path, model: TopicModel) -> None:
    seeds = seeds_of(tmp_path, "القطار\nمحطة\nسكك\n")
    many = [PooledArticle(str(number), Article("", f"خبر عن أمر {number} في الحي")) for number in range(50)]
    first, again = (queue_by_seeds(model, seeds, lambda: [*POOL, *many], 5).queue for _ in range(2))
    assert len(first) == 5
    assert first == again


def test_words_that_the_model_cannot_learn_from_are_listed(tmp_path: Path, model: TopicModel) -> None:
    seeds = seeds_of(tmp_path, "أمطار\nموجة أمطار\nسفينة\n")
    assert seeds.missing(model) == ["سفينة"]
