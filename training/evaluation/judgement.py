"""One evaluation with all that a page about it shows: who judged what, the figures, the notes."""

from dataclasses import dataclass
from pathlib import Path

from wasim.model.registry import Registry
from wasim.training.corpus import Corpus
from wasim.training.evaluation.evaluate import Evaluation, evaluate_parts
from wasim.training.evaluation.judged import read_judged
from wasim.training.evaluation.predictions import JudgedPart, predict
from wasim.training.evaluation.splits import SplitRule, judge_folds, split_corpus


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was judged, and how it came out.

    Parameters
    ----------
    title
        Which model, on what.
    notes
        What a reader of the figures has to know.
    parts
        The models and what they say; a split has one of its own for each fold.
    evaluation
        The figures.
    """

    title: str
    notes: tuple[str, ...]
    parts: tuple[JudgedPart, ...]
    evaluation: Evaluation


def judge_by_data(registry: Registry, name: str | None, data: Path) -> Judgement:
    """Judge a model by articles that somebody has read."""
    model = registry.load(name)
    judged = read_judged(data, model)
    parts = (JudgedPart(model, predict(model, judged)),)
    return Judgement(f"{model.name} on {len(judged.articles):,} articles", (), parts, evaluate_parts(parts))


def judge_by_split(corpus: Corpus, rule: SplitRule) -> Judgement:
    """Judge how a model would be made, by parts of its corpus."""
    cut = split_corpus(corpus, rule)
    parts = tuple(judge_folds(corpus, cut))
    evaluation = evaluate_parts(parts)
    notes = [f"split: {rule}; each article is judged by a model that was fitted without it (models: {len(parts)})"]
    labelled = corpus.labelled
    for pair in cut.kept_apart:
        names = f"{labelled[pair.first].id} and {labelled[pair.second].id}"
        notes.append(f"kept on one side: {names} share {pair.similarity:.0%} of their five-word runs")
    if cut.undated:
        notes.append(f"{cut.undated:,} articles are in no part: it is not known on which side of {rule.day} they are")
    title = f"{len(labelled):,} articles of the corpus, {evaluation.metrics.n_articles:,} of them judged"
    return Judgement(title, tuple(notes), parts, evaluation)
