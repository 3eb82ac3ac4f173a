"""What a tutorial would serve: FastAPI around a scikit-learn pipeline. The peer of tests/benchmarks/service.py.

uvicorn --app-dir tests/benchmarks plain_service:app, with PIPELINE naming a joblib file.
"""

import os

import joblib
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
pipeline = joblib.load(os.environ["PIPELINE"])
topics = os.environ["TOPICS"].split(",")


class Article(BaseModel):
    """What is posted."""

    title: str = ""
    text: str = ""


@app.post("/v1/predict")
def predict(article: Article) -> dict[str, float]:
    """Answer with each topic's probability."""
    [row] = pipeline.predict_proba([f"{article.title}\n{article.text}"])
    return dict(zip(topics, row.tolist(), strict=True))
