"""A pipeline by the file that holds it: `PIPELINE = Pipeline(...)`, at its top level."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from parnassus.curation.pipeline import Pipeline
from parnassus.errors import ConfigError, ParnassusError

_NAME = "PIPELINE"


def find(path: Path) -> Pipeline:
    """Runs the file. Raises ConfigError where there is none, or where it holds no pipeline."""
    wanted = f"{_NAME} = Pipeline(...)"
    found = getattr(run_file(path, wanted), _NAME, None)
    if not isinstance(found, Pipeline):
        raise ConfigError(f"{path} holds no {_NAME}: wanted {wanted}, got {found!r:.60}")
    return found


def run_file(path: Path, wanted: str) -> ModuleType:
    """The file as a module, which workers can import too. Raises ConfigError where that cannot be; `wanted`:
    what should be in it."""
    if not path.is_file():
        raise ConfigError(f"there is no file {path}: wanted a Python file that holds {wanted}")
    name = path.stem
    if path.suffix != ".py" or not name.isidentifier():
        raise ConfigError(f"{path}: the file's name must be that of a Python module, such as mine.py")
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path.resolve()):
        return known
    if name in sys.stdlib_module_names or known is not None:
        raise ConfigError(f"{path}: a module is called {name!r} already: give the file another name")
    sys.path.insert(0, str(path.parent.resolve()))  # where workers look for what the file defines
    try:
        return importlib.import_module(name)
    except ParnassusError:
        raise
    except Exception as error:  # whatever a file of the user's can raise
        raise ConfigError(f"{path} cannot be run: {type(error).__name__}: {error}") from error
