"""Every door gives the same answer about the same article."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from wasim.model import Article, TopicModel
from wasim.service.archive.tag import tag_archive
from wasim.service.http.app import create_app
from wasim.service.settings import ServiceSettings
from wasim.training.corpus import membership
from wasim.training.evaluation.evaluate import evaluate
from wasim.training.evaluation.judged import JudgedArticles


def test_http_archive_evaluation_and_python_agree(
    default_model: TopicModel, root: Path, tmp_path: Path, ten_articles: list[Article]
) -> None:
    expected = default_model.classify(ten_articles)
    posted = [{"title": article.title, "text": article.text} for article in ten_articles]
    with TestClient(create_app(ServiceSettings(artifacts=root / "artifacts"))) as client:
        singles = [client.post("/v1/predict", json=article).json() for article in posted]
        batch = client.post("/v1/predict/batch", json=posted).json()
    rows = [json.dumps({"id": number, **article}) for number, article in enumerate(posted)]
    (tmp_path / "in.jsonl").write_text("\n".join(rows))
    tag_archive(default_model, [tmp_path / "in.jsonl"], tmp_path / "out.jsonl")
    tagged = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    for single, listed, row, answer in zip(singles, batch, tagged, expected, strict=True):
        assert tuple(single["topics"]) == tuple(listed["topics"]) == tuple(row["topics"]) == answer.topics
        assert single["scores"] == listed["scores"] == pytest.approx(answer.probabilities, abs=1e-9)
        assert row["scores"] == pytest.approx(answer.probabilities, abs=1e-6)
    truth = membership(default_model.topics, [answer.topics for answer in expected])
    judged = JudgedArticles(tuple(ten_articles), truth, ~truth & False)
    assert evaluate(default_model, judged).metrics.macro_f1 == 1
