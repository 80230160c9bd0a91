"""Writes docs/recipes.md, the table of what the published systems share and where they differ, from the
recipes themselves. Run from the project's root: `python docs/make_recipes.py`. A test compares.
"""

from pathlib import Path

from parnassus.recipes.features import NONE, features
from parnassus.recipes.find import find, has_scales, names
from parnassus.recipes.scale import Scale

SYSTEMS = (
    "klear-reasoner",
    "skywork-or1",
    "acereason",
    "r1-code-interpreter",
    "deepcoder",
    "acecoder",
    "srpo",
)
HEAD = """\
# The recipes

Each is a file of `parnassus/recipes/`, at two scales from one function: `published`, with the paper's
numbers, and `tiny`, minutes on two CPU cores. `parnassus recipes` lists them, `parnassus recipes diff srpo
deepcoder` tells what differs, and `parnassus run NAME --scale published --dry-run` prints every setting
beside what its paper says of it. `--smoke` makes two steps of each stage: does it run?

The page of each has its command, what differs from the paper and why, what three tiny runs measured, what
the paper reports, and what the published scale will cost.
"""
TABLE = """
## What differs

Read off the recipes at the published scale; an arrow goes from one RL stage to the next. Written by
`docs/make_recipes.py`.
"""
VARIANTS = """
## Variants

| recipe | what it is | what differs |
|---|---|---|
"""
OF = {
    "acecoder-base": "acecoder",
    "acecoder-rule": "acecoder",
    "deepcoder-one-step-off": "deepcoder",
    "deepcoder-released": "deepcoder",
    "skywork-or1-32b": "skywork-or1",
    "skywork-or1-math-7b": "skywork-or1",
    "srpo-dynamic-sampling": "srpo",
}


def document() -> str:
    published = {name: features(find(name, Scale.PUBLISHED)) for name in names() if has_scales(name)}
    about = {name: find(name, Scale.PUBLISHED).summary for name in SYSTEMS}
    links = "\n".join(f"- [`{name}`](recipes/{name}.md): {summary}" for name, summary in about.items())
    rows = [f"| | {' | '.join(SYSTEMS)} |", "|---" * (1 + len(SYSTEMS)) + "|"]
    for feature in published[SYSTEMS[0]]:
        cells = (_cell(published[name][feature]) for name in SYSTEMS)
        rows.append(f"| {feature} | {' | '.join(cells)} |")
    variants = [
        f"| `{name}` | {find(name, Scale.PUBLISHED).summary} | {_differs(published[name], published[of])} |"
        for name, of in OF.items()
    ]
    return "\n".join([HEAD, links, TABLE, *rows, VARIANTS.rstrip("\n"), *variants, ""])


def _differs(one: dict[str, str], other: dict[str, str]) -> str:
    return ", ".join(feature for feature in one if one[feature] != other[feature])


def _cell(text: str) -> str:
    return text if text == NONE else f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    Path("docs/recipes.md").write_text(document(), encoding="utf-8")
