"""The two sizes of a published system: the paper's, and one for two CPU cores. All else is the same."""

from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Scale(StrEnum):
    """`scale.of(128, 16)` is what a setting is at this scale: both stand side by side in the recipe."""

    PUBLISHED = "published"
    TINY = "tiny"

    def of(self, published: T, tiny: T) -> T:
        return published if self is Scale.PUBLISHED else tiny
