import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Wasim = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def wasim(tmp_path: Path) -> Wasim:
    """Return a function that runs ``wasim`` as a process of its own, in the test's folder."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from wasim.service.cli import run; run()", *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, env=os.environ | {"COLUMNS": "200"}, capture_output=True, text=True, check=False
        )

    return run
