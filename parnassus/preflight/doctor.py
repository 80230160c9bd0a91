"""All checks in order, each as far as what is known allows.

data, demonstrations --read--> Given ──> sets ─> judging ─┐
recipe ───────────────────────> needs, stages ────────────┼─> findings
model ───────────────────────────────> fitting, resources ┘
"""

from collections.abc import AsyncIterator, Iterator

from parnassus.errors import DataError, DeviceError, ModelError, SandboxError
from parnassus.models.load import find_device, quiet
from parnassus.preflight.data import Given, read
from parnassus.preflight.finding import Finding, Level
from parnassus.preflight.fitting import check_fitting
from parnassus.preflight.judging import check_judging
from parnassus.preflight.model import outline
from parnassus.preflight.needs import check_needs
from parnassus.preflight.resources import check_resources
from parnassus.preflight.sets import check_sets
from parnassus.preflight.stages import check_stages
from parnassus.recipes.recipe import Recipe
from parnassus.sandbox.make import SandboxChoice, make_sandbox


async def examine(
    data: str | None,
    demonstrations: str | None,
    recipe: Recipe | None,
    device: str,
    choice: SandboxChoice,
    workers: int,
    most: int | None,
) -> AsyncIterator[Finding]:
    """One finding after the other, as they come. `data`, `demonstrations`: paths or patterns; `most`: how
    many problems are judged, None for all."""
    try:
        given, findings = read(data, demonstrations)
    except DataError as error:
        yield Finding("data", Level.ERROR, str(error), "Give other DATA.")
        return
    for finding in (*findings, *check_sets(given)):
        yield finding
    if recipe is not None:
        for finding in check_needs(recipe) if data is None else ():
            yield finding
        for finding in check_stages(recipe, given):
            yield finding
        for finding in _machine(recipe, given, device):
            yield finding
    if not given.problems:
        yield Finding(
            "gold", Level.SKIPPED, "no problems were given", "" if data else "parnassus doctor DATA"
        )
        return
    try:
        async with make_sandbox(workers, choice) as sandbox:
            async for finding in check_judging(recipe, given, sandbox, most):
                yield finding
    except SandboxError as error:
        yield Finding("sandbox", Level.ERROR, str(error), "parnassus sandbox check")


def _machine(recipe: Recipe, given: Given, device: str) -> Iterator[Finding]:
    """What a model and a device say."""
    try:
        model = outline(recipe.model, recipe.seed)
    except ModelError as error:
        yield Finding("model", Level.ERROR, str(error), "Choose another by --model; no length was checked.")
        return
    yield Finding("model", Level.OK, f"{model.name}, {model.parameters:,} parameters")
    with quiet():  # a tokenizer remarks on what is too long for it
        fitting = list(check_fitting(recipe, given, model))
    yield from fitting
    try:
        place = find_device(device)
    except DeviceError as error:
        yield Finding("device", Level.ERROR, str(error), "Choose another by --device.")
        return
    yield from check_resources(recipe, model, place)
