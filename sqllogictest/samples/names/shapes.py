"""Shapes."""
from __future__ import annotations

import abc
from typing import Generic as G, TypeVar

from .points import *
from .points import origin as origin, Point

T = TypeVar("T")
__all__ = ["Shape", "Circle"]
__all__ += ["origin"]


class Shape(G[T], abc.ABC, metaclass=abc.ABCMeta):
    center: Point = origin

    def area(self, scale: "float" = 1) -> float: ...


class Circle(Shape[Point]):
    def area(self, scale=1):
        if scale > 1:
            r, (s, *_) = 1, (2, 3)
        else:
            r = s = 2
        return r * s
