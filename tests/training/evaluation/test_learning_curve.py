from pathlib import Path

from wasim.training.card import write_between
from wasim.training.corpus import Corpus
from wasim.training.evaluation.judged import JudgedArticles
from wasim.training.evaluation.learning_curve import curve_table, learning_curve, plot_curve


def test_a_curve_grows_to_the_whole_corpus_and_is_drawn(corpus: Corpus, tmp_path: Path) -> None:
    judged = JudgedArticles(tuple(corpus.articles), corpus.labels, corpus.mentions)
    points = list(learning_curve(corpus, judged, draws=1))
    assert points[-1].n_articles == len(corpus.labelled)
    assert [point.n_articles for point in points] == sorted(point.n_articles for point in points)
    assert len(curve_table(points)) == len(points) + 2
    for name in ("once.svg", "again.svg"):
        plot_curve(points, tmp_path / name)
    assert (tmp_path / "once.svg").read_bytes() == (tmp_path / "again.svg").read_bytes()


def test_figures_replace_only_their_own_section(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- a -->\nold\n<!-- /a -->\nbetween\n<!-- b -->\n<!-- /b -->\nafter\n")
    write_between(page, "a", ["new"])
    write_between(page, "a", ["newer"])
    assert page.read_text() == "before\n<!-- a -->\nnewer\n<!-- /a -->\nbetween\n<!-- b -->\n<!-- /b -->\nafter\n"
