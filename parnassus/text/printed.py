"""A value as text that is the same in every process: functions and classes by their importable names.

printed(Source(rows=Files("a.jsonl"), format=math.LAYOUT))     repr would show where `read` lies in memory
"""

import types
from dataclasses import fields, is_dataclass
from enum import Enum


def printed(value: object) -> str:
    """Nearly as Python writes it. What a dataclass only remembers (init=False) is left out."""
    match value:
        case type() | types.FunctionType():
            return f"{value.__module__}.{value.__qualname__}"
        case Enum():
            return f"{type(value).__name__}.{value.name}"
        case tuple():
            return f"({''.join(f'{printed(item)}, ' for item in value)})"
        case list():
            return f"[{', '.join(map(printed, value))}]"
        case dict():
            return f"{{{', '.join(f'{key!r}: {printed(item)}' for key, item in value.items())}}}"
        case _ if is_dataclass(value):
            own = ((field.name, getattr(value, field.name)) for field in fields(value) if field.init)
            return f"{type(value).__name__}({', '.join(f'{name}={printed(item)}' for name, item in own)})"
    return repr(value)
