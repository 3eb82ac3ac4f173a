"""Corrections from the newsroom as training articles."""

from dataclasses import replace
from pathlib import Path

from wasim.model.article import Article
from wasim.training.corpus import Corpus, LabelledArticle, article_files, read_articles, require_known_topics


def with_corrections(corpus: Corpus, path: Path) -> Corpus:
    """Put accepted corrections into a corpus.

    Where both have the same article the correction holds: somebody looked at it since.

    Parameters
    ----------
    corpus
        What they correct or add to; it defines the topics.
    path
        JSON Lines as ``wasim feedback export`` writes them. Of several about one article the last holds.

    Raises
    ------
    CorpusUnreadableError
        When the file is missing or a line is not an article; names file and line.
    CorpusError
        When a topic is not defined in the corpus.
    """
    known = {topic.id: topic for topic in corpus.topics}
    corrections: dict[Article, LabelledArticle] = {}
    for file in article_files([path]):
        for place, labelled in read_articles(file):
            require_known_topics(place, labelled, known)
            corrections[labelled.article] = labelled
    kept = tuple(labelled for labelled in corpus.labelled if labelled.article not in corrections)
    return replace(corpus, labelled=kept + tuple(corrections.values()))
