import os
import sys
from pathlib import Path

import pytest
from chromium_pipe import BINARY

sys.path.append(str(Path(__file__).parents[1] / "report"))  # synthetic_run
sys.path.append(str(Path(__file__).parents[1] / "curation"))  # curating, model_process


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.access(BINARY, os.X_OK):
        here = Path(__file__).parent
        absent = pytest.mark.skip(reason=f"needs {BINARY}: apt-get install chromium")
        for item in items:
            if here in item.path.parents:
                item.add_marker(absent)
