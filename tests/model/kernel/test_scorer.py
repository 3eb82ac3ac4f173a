"""The compiled path answers as the plain one does, whatever it is given."""

import gzip
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wasim.model import Article, ModelSettings, TopicModel
from wasim.model.kernel.columns import Column
from wasim.model.kernel.scorer import CompiledScorer
from wasim.model.kernel.tables import supports
from wasim.model.scoring import BlendedScores, LinearWeights, blend
from wasim.model.vocabulary import Vocabulary

LIGATURE = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
words = st.sampled_from(
    ["اللقاح", "وَبِاللُّقَاحِ", "لقـاح", "غزة", "قطاع", "السفير", "وزير", "الخارجية", "هجوم", "سيبراني", "2021", "٣", "x",
     LIGATURE, "ﻻ", "½", "𝐀𝐛", "漢字", "😀", "a\u0301", "\u200f", "ي" * 45, "ب" * 17, "…", "\x00", "\ud800"]
)  # fmt: skip
joints = st.sampled_from([" ", "\n", "، ", "", "\u200b", "-"])
news = st.lists(st.tuples(words, joints), max_size=400).map(lambda parts: "".join(w + j for w, j in parts))
any_text = st.text(st.characters(), max_size=60)
articles = st.builds(Article, news | any_text, news | any_text)


@pytest.fixture(scope="module")
def compiled(default_model: TopicModel) -> CompiledScorer:
    return CompiledScorer(default_model.vocabulary, default_model.linear, default_model.settings)


def score(compiled: CompiledScorer, batch: Sequence[Article]) -> BlendedScores:
    return compiled.score(Column.of([one.title for one in batch]), Column.of([one.text for one in batch]))


def require_equal(model: TopicModel, compiled: CompiledScorer, batch: Sequence[Article]) -> None:
    fast, plain = score(compiled, batch), model.score_plainly(batch)
    assert np.abs(fast.scores - plain.scores).max(initial=0) < 1e-9
    assert (fast.knows_nothing == plain.knows_nothing).all()
    assert ((fast.best_passage < 0) == (plain.best_passage < 0)).all()
    thresholds = model.calibration.thresholds
    assert ((model.probabilities(fast) >= thresholds) == (model.probabilities(plain) >= thresholds)).all()


@settings(deadline=None, max_examples=150)
@given(batch=st.lists(articles, max_size=5))
def test_any_text_scores_as_on_the_plain_path(
    default_model: TopicModel, compiled: CompiledScorer, batch: list[Article]
) -> None:
    require_equal(default_model, compiled, batch)


@pytest.mark.parametrize(
    "text",
    ["", " ", "ا", "ا" * 900_000, "اللقاح " * 150_000, "غزة" + "\u064b" * 500_000, "ي " * 499_000, "a" * 40, "a" * 41],
    ids=lambda text: f"{text[:3]!r}x{len(text)}",
)
def test_tokens_and_articles_of_any_length_score_alike(
    default_model: TopicModel, compiled: CompiledScorer, text: str
) -> None:
    require_equal(default_model, compiled, [Article(text[:50], text), Article(text, "")])


def test_every_real_article_scores_as_on_the_plain_path(
    default_model: TopicModel, compiled: CompiledScorer, real_archive: Path
) -> None:
    with gzip.open(real_archive) as lines:
        rows = [orjson.loads(line) for line in lines]
    for start in range(0, len(rows), 500):
        batch = [Article(row["title"], row["text"]) for row in rows[start : start + 500]]
        require_equal(default_model, compiled, batch)


def test_threads_do_not_disturb_each_other(compiled: CompiledScorer, ten_articles: list[Article]) -> None:
    alone = score(compiled, ten_articles).scores
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: score(compiled, ten_articles).scores, range(200)))
    assert all((scores == alone).all() for scores in together)


def test_a_warm_model_answers_and_explains_as_a_cold_one(root: Path, ten_articles: list[Article]) -> None:
    warm, cold = TopicModel.load(root / "artifacts"), TopicModel.load(root / "artifacts")
    assert warm.warm_up()
    assert [answer.topics for answer in warm.classify(ten_articles)] == [a.topics for a in cold.classify(ten_articles)]
    for answer in warm.classify(ten_articles, explain=True):
        for scored in answer.scored:
            total = scored.bias + sum(term.contribution for term in scored.terms)
            assert total == pytest.approx(scored.score, abs=1e-9)


def test_a_warm_model_travels_to_another_process_and_warms_up_there(root: Path, ten_articles: list[Article]) -> None:
    warm = TopicModel.load(root / "artifacts")
    warm.warm_up()
    travelled: TopicModel = pickle.loads(pickle.dumps(warm))
    assert travelled.warm_up()
    assert travelled.classify(ten_articles) == warm.classify(ten_articles)


@settings(deadline=None, max_examples=10)
@given(
    n_topics=st.sampled_from([1, 2, 7, 8, 15]),
    phrases=st.integers(1, 2),
    weight=st.sampled_from([0.0, 0.5, 1.0]),
    length=st.sampled_from([2, 3, 100]),
)
def test_other_settings_and_numbers_of_topics_score_alike(
    n_topics: int, phrases: int, weight: float, length: int
) -> None:
    settings = ModelSettings(longest_phrase=phrases, passage_weight=weight, passage_length=length, title_weight=2)
    terms = ["لقاح", "غز", "قطاع", "سفير", "وزير"] + (["قطاع غز", "وزير سفير"] if phrases == 2 else [])
    vocabulary = Vocabulary(sorted(terms), settings)
    draw = np.random.default_rng(n_topics)
    linear = LinearWeights(
        draw.uniform(1, 5, len(terms)).astype(np.float32),
        draw.normal(size=(len(terms), n_topics)).astype(np.float32),
        draw.normal(size=n_topics).astype(np.float32),
    )
    text = "السفير والوزير في قطاع غزة ثم لقاح و 12 كلمة غريبة قطاع غزه وزير سفير"
    article = Article("لقاح غزة", text)
    plain = blend([(vocabulary.read(article.title), vocabulary.read(article.text))], linear, settings)
    fast = score(CompiledScorer(vocabulary, linear, settings), [article])
    assert fast.scores == pytest.approx(plain.scores, abs=1e-9)


def test_an_alphabet_beyond_the_codes_is_left_to_the_plain_path() -> None:
    settings = ModelSettings()
    vocabulary = Vocabulary([chr(0x4E00 + number) * 3 for number in range(300)], settings)
    assert not supports(vocabulary, settings)


def test_a_word_of_a_million_suffixes_is_no_word() -> None:
    vocabulary = Vocabulary(["كتاب"], ModelSettings())
    assert len(vocabulary.read("كتابي").ids) == 1
    assert len(vocabulary.read("كتاب" + "ي" * 1_000_000).ids) == 0


def test_with_bounds_checked_no_hostile_article_reads_past_its_bytes(root: Path) -> None:
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1"}
    program = str(Path(__file__).with_name("bounds_checked.py"))
    finished = subprocess.run(
        [sys.executable, program], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
