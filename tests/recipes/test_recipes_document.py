"""docs/recipes.md is what the recipes say, not what somebody remembered."""

import json
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
SYSTEMS = runpy.run_path(str(DOCS / "make_recipes.py"))["SYSTEMS"]


def test_the_document_says_what_the_recipes_say():
    written = runpy.run_path(str(DOCS / "make_recipes.py"))["document"]()
    assert (DOCS / "recipes.md").read_text() == written, "run: python docs/make_recipes.py"


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_pages_have_the_numbers_that_were_measured_and_counted(name: str):
    pages = runpy.run_path(str(DOCS / "make_recipe_pages.py"))
    measured = json.loads((DOCS / "recipes" / "measured.json").read_text())
    text = (DOCS / "recipes" / f"{name}.md").read_text()
    assert text == pages["page"](name, text, measured), "run: python docs/make_recipe_pages.py"
    assert len(measured[name]) >= 3, "three seeds"
