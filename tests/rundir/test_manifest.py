"""What a run is, and how two settings differ."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from parnassus.rundir import manifest
from parnassus.rundir.manifest import describe, difference

plain = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"])
names = st.sampled_from(["kind", "name", "steps", "x"])
settings = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=8
)


def stage(name: str, **fields: object) -> dict[str, object]:
    return {"kind": "RL", "name": name, **fields}


def test_changed_fields_are_named_with_both_values():
    old = {"seed": 0, "stages": [stage("a", steps=5), stage("b", rate=0.1)]}
    new = {"seed": 1, "stages": [stage("a", steps=5), stage("b", rate=0.2)]}
    assert list(difference(old, new)) == ["seed: 0 -> 1", "stages.b.rate: 0.1 -> 0.2"]


def test_a_new_stage_is_one_line_however_large():
    old, new = {"stages": [stage("a")]}, {"stages": [stage("a"), stage("b", steps=3)]}
    assert list(difference(old, new)) == ["stages.b: absent -> RL"]
    assert list(difference(new, old)) == ["stages.b: RL -> absent"]


def test_items_without_names_go_by_index():
    assert list(difference({"x": [1, 2]}, {"x": [1, 3, 4]})) == ["x.1: 2 -> 3", "x.2: absent -> 4"]


def test_another_order_of_stages_is_a_difference():
    old, new = {"stages": [stage("a"), stage("b")]}, {"stages": [stage("b"), stage("a")]}
    assert list(difference(old, new)) == ["stages: in the order a, b -> b, a"]


@given(value=settings)
def test_equal_settings_do_not_differ(value: object):
    assert list(difference(value, value)) == []


@given(old=settings, new=settings)
def test_unequal_settings_always_differ(old: object, new: object):
    assert bool(list(difference(old, new))) == (old != new)


def test_a_manifest_says_where_it_was_made():
    made = describe("small", {"seed": 0}, device="cpu")
    assert made.recipe == "small"
    assert {"python", "parnassus", "torch", "transformers"} <= set(made.versions)
    assert made.command == tuple(sys.argv)
    assert made.created.endswith("+00:00")


def test_the_git_state_is_not_that_of_a_repository_we_are_installed_in(tmp_path: Path):
    """As in a virtual environment within somebody's project."""
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], [*author, "commit", "-q", "--allow-empty", "-m", "theirs"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True, capture_output=True)
    installed = tmp_path / "manifest.py"
    shutil.copy(manifest.__file__, installed)
    spec = importlib.util.spec_from_file_location("installed_manifest", installed)
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    assert copy.describe("small", {}, device="cpu").git is None
