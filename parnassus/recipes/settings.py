"""A recipe as plain data, and with one field changed by text: `stages.rl-math.algorithm.loss.eps_high=0.3`.

    describe   recipe -> nested mappings, lists and plain values      for manifests and for people
    override   recipe, dotted path, text -> recipe                    for --set

Not a configuration language: text sets a number, a word or a tuple of them. Which pieces a recipe is made of
is decided in Python, by editing the recipe.
"""

import ast
import inspect
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import PydanticSchemaGenerationError, TypeAdapter, ValidationError

from parnassus.errors import ConfigError
from parnassus.recipes.recipe import Recipe
from parnassus.text.nearest import nearest

_WORDS = {"true": True, "false": False, "none": None}


def describe(recipe: Recipe) -> dict[str, object]:
    """The recipe as data that survives JSON.

    A dataclass is a mapping that begins with "kind", its class; a class or function is its importable name.
    """
    return _mapping(recipe)


def flattened(recipe: Recipe) -> dict[str, object]:
    """Every setting by its path: numbers and words, and tuples of them whole; what has fields, or items that
    have, is gone into."""
    found = dict[str, object]()
    _flatten(describe(recipe), "", found)
    return found


def _flatten(value: object, path: str, found: dict[str, object]) -> None:
    match value:
        case Mapping():
            for name, item in value.items():
                _flatten(item, f"{path}.{name}" if path else str(name), found)
        case list() if _has_mappings(value):
            for index, item in enumerate(value):
                named = isinstance(item, Mapping) and path == "stages"
                _flatten(item, f"{path}.{item['name'] if named else index}", found)
        case _:
            found[path] = _as_tuples(value)


def _has_mappings(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(map(_has_mappings, value)))


def _as_tuples(value: object) -> object:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def _mapping(item: object) -> dict[str, object]:
    return {"kind": type(item).__name__} | {name: _plain(value) for name, value in _fields(item).items()}


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple() | list():
            return [_plain(item) for item in value]
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case type() | types.FunctionType():
            return f"{value.__module__}.{value.__qualname__}"
        case _ if is_dataclass(value):
            return _mapping(value)
    wanted = "numbers, words, tuples, mappings, dataclasses, classes and functions"
    raise ConfigError(f"a recipe may hold {wanted}; got {value!r}")


def override(recipe: Recipe, path: str, text: str) -> Recipe:
    """`recipe` with the field at `path` set to what `text` says, checked against the field's annotation.

    A path names fields, indices of tuples, and stages by index or name. Raises ConfigError when there is no
    such field (naming the nearest), or when the text is not of the field's type.
    """
    return _changed(recipe, Recipe, path.split("."), 0, text)


def _changed(value: Any, annotation: Any, path: list[str], depth: int, text: str) -> Any:
    """`value`, which stands at path[:depth], with what lies at the rest of the path replaced."""
    if depth == len(path):
        return _parsed(value, annotation, ".".join(path), text)
    if isinstance(value, tuple):
        index = _index(value, path, depth)
        item = _changed(value[index], _item_annotation(annotation, index), path, depth + 1, text)
        return (*value[:index], item, *value[index + 1 :])
    if not _has_fields(value):
        here = ".".join(path[:depth])
        raise ConfigError(f"cannot set {'.'.join(path)}: {here} is {_spelled(value)} and has no fields.")
    name, known = path[depth], _fields(value)
    if name not in known:
        raise _unknown(path, depth, f"{type(value).__name__} has no field", name, list(known))
    changed = _changed(known[name], _annotations(type(value))[name], path, depth + 1, text)
    return replace(value, **{name: changed})


def _index(items: tuple[Any, ...], path: list[str], depth: int) -> int:
    """Which item path[depth] names: by index or, for stages, by name."""
    part = path[depth]
    named = [stage.name for stage in items] if path[:depth] == ["stages"] else []
    if part in named:
        return named.index(part)
    if part.isdecimal() and int(part) < len(items):
        return int(part)
    raise _unknown(path, depth, "there is no item", part, named or [str(i) for i in range(len(items))])


def _unknown(path: list[str], depth: int, problem: str, got: str, known: list[str]) -> ConfigError:
    where = f" at {'.'.join(path[:depth])}" if depth else ""
    choices = f"{nearest(got, known)}Known: {', '.join(known) or 'none'}."
    return ConfigError(f"cannot set {'.'.join(path)}: {problem} {got!r}{where}. {choices}")


def _parsed(old: object, annotation: Any, where: str, text: str) -> Any:
    if _has_fields(old):
        known = ", ".join(_fields(old)) or "none; it cannot be set by text"
        raise ConfigError(f"{where} is a {type(old).__name__}: set a field within it. Its fields: {known}.")
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        known = [str(member.value) for member in annotation]
        if text in known:
            return annotation(text)
        raise ConfigError(
            f"cannot set {where}: got {text!r}. {nearest(text, known)}Known: {', '.join(known)}."
        )
    for candidate in (_literal(text), text):
        try:
            return TypeAdapter(annotation).validate_python(candidate, strict=True)
        except ValidationError:
            continue
        except PydanticSchemaGenerationError:
            break
    wanted = f"{_named(annotation)}, as in {_spelled(old)}"
    raise ConfigError(f"cannot set {where}: got {text!r}, wanted {wanted}.")


def _literal(text: str) -> object:
    """What a person means: a number, a tuple (brackets or not), true, false, none, or the text itself."""
    if text.strip().lower() in _WORDS:
        return _WORDS[text.strip().lower()]
    try:
        return _without_lists(ast.literal_eval(text.strip()))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def _without_lists(value: object) -> object:
    return tuple(_without_lists(item) for item in value) if isinstance(value, list | tuple) else value


def _has_fields(value: object) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _fields(item: Any) -> dict[str, Any]:
    """What it was made with; not what it remembers."""
    return {field.name: getattr(item, field.name) for field in fields(item) if field.init}


def _annotations(kind: type) -> dict[str, Any]:
    """Field annotations as objects. Names nested in them stay unresolved, unlike with get_type_hints: some
    are known to type checkers only."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        found |= inspect.get_annotations(base, eval_str=True)
    return found


def _item_annotation(annotation: Any, index: int) -> Any:
    """Of `tuple[X, ...]` the X, of `tuple[A, B]` the one at `index`."""
    arguments = get_args(annotation)
    if get_origin(annotation) is not tuple:
        return Any
    return arguments[0] if arguments[-1] is Ellipsis else arguments[index]


def _named(annotation: Any) -> str:
    plain = isinstance(annotation, type) and not get_args(annotation)
    return annotation.__name__ if plain else str(annotation)


def _spelled(value: object) -> str:
    return value.__qualname__ if isinstance(value, type | types.FunctionType) else repr(value)
