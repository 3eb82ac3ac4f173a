import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from wasim.model import Article, TopicModel
from wasim.training.corpus import Corpus
from wasim.training.evaluation.evaluate import evaluate_parts
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.judgement import Judgement
from wasim.training.evaluation.learning_curve import CurvePoint
from wasim.training.evaluation.predictions import JudgedPart, predict
from wasim.training.evaluation.report import render_report, write_report

HOSTILE = '<script>alert("x")</script>'


class Page(HTMLParser):
    """Collects the elements of a page and what they point to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.pointers: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("href", "src", "xlink:href"):
                self.pointers.append(value or "")
            if name == "id":
                self.ids.append(value or "")


def judgement_of(model: TopicModel, *rows: tuple[Article, list[int]]) -> Judgement:
    truth = np.array([topics for _, topics in rows], dtype=np.bool_)
    judged = JudgedArticles(
        tuple(article for article, _ in rows),
        truth,
        np.zeros_like(truth),
        tuple(f"{HOSTILE} {number}" for number in range(len(rows))),
        {"outlet": tuple(HOSTILE for _ in rows)},
    )
    parts = (JudgedPart(model, predict(model, judged)),)
    return Judgement(f"{model.name} {HOSTILE}", (HOSTILE,), parts, evaluate_parts(parts))


@pytest.fixture
def wrong(model: TopicModel) -> Judgement:
    """Return a judgement with mistakes in articles whose every part is hostile."""
    sentence = "ستهطل أمطار غزيرة على المدينة مساء"
    return judgement_of(
        model,
        (Article(f"أمطار وسيول {HOSTILE}", f"{sentence} {HOSTILE}"), [0, 0]),
        (Article("هدف في مباراة", "سجل اللاعب"), [1, 1]),
        (Article("السوق"), [0, 0]),
    )


def test_a_page_needs_nothing_but_itself(wrong: Judgement) -> None:
    page = Page(render_report(wrong, [CurvePoint(10, 0.5, 0.6, 100), CurvePoint(20, 0.6, 0.7, 200)]))
    assert {"script", "link", "img", "iframe", "object"} & set(page.tags) == set()
    assert all(pointer.startswith("#") for pointer in page.pointers)
    assert page.tags.count("svg") == 5


def test_nothing_that_an_article_says_becomes_part_of_the_page(wrong: Judgement) -> None:
    html = render_report(wrong)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 5


def test_names_of_topics_are_escaped_and_are_no_formulas(model: TopicModel) -> None:
    topics = tuple(replace(topic, name_en=f"$x_{HOSTILE} & <b>", name_ar="طقس $") for topic in model.topics)
    html = render_report(judgement_of(replace(model, topics=topics), (Article("أمطار"), [1, 0])))
    assert "<script" not in html
    assert "<b>" not in html.replace("<b>n/a", "").replace("<b>1.000", "").replace("<b>0.", "")


def test_the_words_that_caused_a_mistake_are_marked(wrong: Judgement) -> None:
    html = render_report(wrong)
    assert re.search(r'<mark class="for" style="--strength:[01]\.\d\d">[^<]*أمطار', html)
    assert "ستهطل" in html


def test_without_quotes_no_two_words_of_an_article_follow_each_other(wrong: Judgement) -> None:
    html = unescape(render_report(wrong, quotes=False))
    assert "ستهطل" not in html
    assert "غزيرة على" not in html
    assert "امطار" in html  # the term


def test_equal_judgements_give_equal_pages(wrong: Judgement) -> None:
    assert render_report(wrong) == render_report(wrong)


@pytest.mark.parametrize("rows", [[(Article("أمطار وسيول"), [1, 0])], [(Article("مجهولة"), [0, 0])] * 2])
def test_what_was_not_measured_is_said(model: TopicModel, rows: list[tuple[Article, list[int]]]) -> None:
    html = render_report(judgement_of(model, *rows))
    assert "n/a" in html
    assert "no article is about" in html
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)


def test_colours_are_the_pages_own_in_light_and_in_dark(wrong: Judgement) -> None:
    html = render_report(wrong)
    assert "prefers-color-scheme: dark" in html
    for svg in re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL):
        assert not re.search(r"#0a1b0|#010203", svg)
        assert "currentColor" in svg


def test_ids_stand_once_apart_from_shared_letters(wrong: Judgement) -> None:
    ids = [one for one in Page(render_report(wrong)).ids if not re.match(r"DejaVu|m[0-9a-f]{6}|p[0-9a-f]{6}", one)]
    assert len(ids) == len(set(ids))


def test_a_report_of_the_corpus_is_small_and_appears_whole(model: TopicModel, corpus: Corpus, tmp_path: Path) -> None:
    judged = JudgedArticles.of_corpus(corpus)
    parts = (JudgedPart(model, predict(model, judged)),)
    write_report(tmp_path / "report.html", Judgement("small", (), parts, evaluate_parts(parts)))
    assert 50_000 < (tmp_path / "report.html").stat().st_size < 3_000_000
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
