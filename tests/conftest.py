"""What tests share: a small corpus of two topics, models fitted on it, and real articles where they are."""

import atexit
import os
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from wasim.model import Article, Topic, TopicModel
from wasim.model.artifact import save
from wasim.training.card import model_card
from wasim.training.corpus import Corpus, LabelledArticle
from wasim.training.fit import FitSettings
from wasim.training.train import TrainedModel, train

ROOT = Path(__file__).resolve().parent.parent
settings.register_profile("wasim", deadline=None)  # how fast a test runs depends on what else the machine does
settings.load_profile("wasim")

WEATHER = "أمطار رياح عاصفة سيول حرارة ضباب ثلوج غيوم الأرصاد برودة رطوبة موجة"
FOOTBALL = "مباراة هدف حارس مدرب ملعب دوري كأس لاعب جمهور حكم ركلة شوط"
NEUTRAL = "اليوم قال المدينة أمس الناس كبير جديد بعد قبل السوق المدرسة الطريق الشارع البيت"


def pytest_configure() -> None:
    """Give the services that tests start a store away from this folder."""
    folder = tempfile.mkdtemp(prefix="wasim-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.setdefault("WASIM_DATABASE_URL", f"sqlite:///{folder}/wasim.db")


def small_corpus(topic_words: dict[str, str], articles_of_each: int = 16, seed: int = 3) -> Corpus:
    """Draw articles of words; some belong to two topics, some to none."""
    draw = random.Random(seed)
    ids = list(topic_words)
    wanted = [[topic] for topic in ids] + [[]] + ([ids[:2]] if len(ids) > 1 else [])
    rows = []
    for number in range(articles_of_each * len(wanted)):
        topics = wanted[number % len(wanted)]
        words = draw.choices(NEUTRAL.split(), k=12)
        for topic in topics:
            words += draw.choices(topic_words[topic].split(), k=8)
        draw.shuffle(words)
        rows.append(
            LabelledArticle(
                id=f"small-{number}", title=" ".join(words[:4]), text=" ".join(words[4:]), topics=tuple(topics)
            )
        )
    names = {topic: Topic(topic, f"موضوع {topic}", topic.title()) for topic in ids}
    return Corpus(tuple(names.values()), tuple(rows))


@pytest.fixture(scope="session")
def draw_corpus() -> Callable[[dict[str, str]], Corpus]:
    return small_corpus


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return small_corpus({"weather": WEATHER, "football": FOOTBALL})


@pytest.fixture(scope="session")
def trained(corpus: Corpus) -> TrainedModel:
    return train(corpus, fit=FitSettings(), name="small")


@pytest.fixture(scope="session")
def saved(trained: TrainedModel, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the small model's artifact; copy it before you change it."""
    card = model_card(trained, corpus)
    return save(trained.model, trained.provenance, card, tmp_path_factory.mktemp("artifacts"))


@pytest.fixture(params=["fitted", "loaded"])
def model(request: pytest.FixtureRequest, trained: TrainedModel, saved: Path) -> TopicModel:
    """Return the same model twice: as training made it, and as it comes back from the disk."""
    return trained.model if request.param == "fitted" else TopicModel.load(saved)


@pytest.fixture(scope="session")
def default_model() -> TopicModel:
    return TopicModel.load(ROOT / "artifacts")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def gold_dev() -> Path:
    return _shared("gold/dev.jsonl")


@pytest.fixture(scope="session")
def real_archive() -> Path:
    return _shared("archive/articles.jsonl.gz")


def _shared(name: str) -> Path:
    path = ROOT.parent / "shared" / name
    if not path.exists():
        pytest.skip(f"the real articles of {name} are not beside the project")
    return path


@pytest.fixture(scope="session")
def ten_articles() -> list[Article]:
    """Return articles of every kind that doors must answer alike."""
    return [
        Article("تطعيم الأطفال ضد الحصبة", "بدأت حملة اللقاح في المدارس والمراكز الصحية لتحصين الأطفال."),
        Article("", "اخترق قراصنة شبكة المصرف وسرقوا بيانات العملاء وطالبوا بفدية."),
        Article("وزير الخارجية يستقبل السفير", ""),
        Article("غارات على خان يونس", "سقط شهداء في قصف إسرائيلي على قطاع غزة مع تعثر مفاوضات الهدنة في القاهرة."),
        Article("فوز الهلال", "سجل المهاجم هدفين في الشوط الثاني."),
        Article("Latin only", "no Arabic word here 123"),
        Article("", "زززز ططط ظظظظ"),
        Article("اللُّقَاحُ", "وَصَلَتْ جُرُعَاتُ اللُّقَاحِ إِلَى الْمُسْتَشْفَيَاتِ"),
        Article("هجـــوم إلكتـــروني", "هجوم\u200f سيبراني\u200b على 😀 الوزارة"),
        Article("", "قال المتحدث إن السوق مفتوح. " * 60 + "ثم أعلنت وزارة الصحة وصول مليون جرعة لقاح. " * 4),
    ]
