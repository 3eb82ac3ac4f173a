"""Run the recipes of service/archive/README.md, each where Spark or Ray is installed, and check what they write.

python tests/benchmarks/recipes.py
"""

import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from wasim.model import TopicModel

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "service/archive/README.md"
TEXTS = ["وصلت جرعات اللقاح لتطعيم الأطفال", "اختراق خوادم المصرف وسرقة بيانات العملاء", "فاز الفريق أمس", None]


def main() -> None:
    """Run, check and tell."""
    recipes = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    model = TopicModel.load(ROOT / "artifacts")
    table = pa.table({"id": [str(row) for row in range(len(TEXTS))], "title": [""] * len(TEXTS), "text": TEXTS})
    tagged = model.classify_arrow(table["title"], table["text"]).tagged.tolist()
    expected = [[topic.id for topic, has in zip(model.topics, row, strict=True) if has] for row in tagged]
    for name, recipe in zip(("pyspark", "ray"), recipes, strict=True):
        if find_spec(name) is None:
            print(f"{name}: not installed, skipped")
            continue
        with tempfile.TemporaryDirectory() as folder:
            parquet.write_table(table, Path(folder) / "news.parquet")
            (Path(folder) / "artifacts").symlink_to(ROOT / "artifacts")
            environment = os.environ | {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
            subprocess.run([sys.executable, "-c", recipe], cwd=folder, env=environment, check=True, timeout=500)
            written = sorted(parquet.read_table(Path(folder) / "topics.parquet").to_pylist(), key=lambda row: row["id"])
        print(f"{name}: {'as classify_arrow says' if [row['topics'] for row in written] == expected else 'WRONG'}")


if __name__ == "__main__":
    main()
