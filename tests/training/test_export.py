"""The exported model is the same model."""

from pathlib import Path

import joblib
import numpy as np
import pytest

from wasim.model import Article, TopicModel
from wasim.training.export import ExportedModel, export_joblib
from wasim.training.train import TrainedModel

LONG = Article("وزير يستقبل السفير", "قال المتحدث إن السوق مفتوح. " * 60 + "أعلنت وزارة الصحة وصول جرعات لقاح. " * 4)


@pytest.mark.parametrize("kind", ["default", "small"])
def test_scikit_learn_gives_the_models_scores_probabilities_and_tags(
    kind: str, default_model: TopicModel, trained: TrainedModel, ten_articles: list[Article], tmp_path: Path
) -> None:
    model = default_model if kind == "default" else trained.model
    export_joblib(model, tmp_path / "model.joblib")
    exported: ExportedModel = joblib.load(tmp_path / "model.joblib")
    articles = [*ten_articles, LONG]
    blended, answers = model.score_plainly(articles), model.classify(articles)
    assert np.abs(exported.decision_function(articles) - blended.scores).max() < 1e-9
    assert np.abs(exported.predict_proba(articles) - model.probabilities(blended)).max() < 1e-9
    tagged = [tuple(exported.classes_[row == 1]) for row in exported.predict(articles)]
    assert tagged == [answer.topics for answer in answers]


def test_whatever_scikit_learn_asks_of_an_estimator_it_can_tell(default_model: TopicModel) -> None:
    exported = ExportedModel(default_model)
    assert exported.get_params(deep=False) == {"model": default_model}
    assert exported.fit([]) is exported
