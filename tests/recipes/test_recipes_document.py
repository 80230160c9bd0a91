"""docs/recipes.md is what the recipes say, not what somebody remembered."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_document_says_what_the_recipes_say():
    written = runpy.run_path(str(DOCS / "make_recipes.py"))["document"]()
    assert (DOCS / "recipes.md").read_text() == written, "run: python docs/make_recipes.py"
