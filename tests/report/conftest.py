from pathlib import Path

import pytest
from synthetic_run import make_run

from parnassus.report.read import View, view
from parnassus.rundir.directory import RunDir


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """A finished run. Not to be written to."""
    return make_run(tmp_path_factory.mktemp("finished"))


@pytest.fixture(scope="session")
def shown(run: RunDir) -> View:
    return view(run)


@pytest.fixture
def unfinished(tmp_path: Path) -> RunDir:
    """Warm-up and the first evaluation done, the first RL stage in its middle."""
    return make_run(tmp_path / "unfinished", until=3, half=True)
