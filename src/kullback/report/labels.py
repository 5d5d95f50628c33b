"""Where the names of points go, so that none covers another, nor a point.

Each label tries places around its point, near ones first, and takes the first that is free; those
that end up far from their point are joined to it by a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import cos, hypot, pi, sin

Point = tuple[float, float]
Box = tuple[float, float, float, float]

_GAPS = (5.0, 9.0, 14.0, 20.0, 28.0, 38.0, 50.0, 64.0, 80.0)
_ANGLES = tuple(2 * pi * k / 16 for k in (0, 8, 4, 12, 2, 14, 6, 10, 1, 15, 7, 9, 3, 13, 5, 11))
_DOT = 4.0


def place(points: Sequence[Point], sizes: Sequence[Point], frame: Box) -> list[Box]:
    """Return a box (left, bottom, right, top) for each label of a size (width, height).

    Boxes lie in the ``frame`` and are apart from each other and from the points, unless there is no
    room left; then a label covers as little as it can.
    """
    dots = [(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in points]
    placed: list[Box] = []
    for point, size in zip(points, sizes, strict=True):
        tried = [_around(point, size, gap, angle) for gap, angle in product(_GAPS, _ANGLES)]
        taken = [*dots, *placed]
        # min returns the first of equals: the nearest place that covers nothing.
        placed.append(
            min(
                tried,
                key=lambda box: sum(_shared(box, other) for other in taken) + _out(box, frame),
            )
        )
    return placed


def _around(point: Point, size: Point, gap: float, angle: float) -> Box:
    """The box whose edge is ``gap`` away from the point in the direction ``angle``."""
    (x, y), (width, height) = point, size
    middle_x = x + (gap + width / 2) * cos(angle)
    middle_y = y + (gap + height / 2) * sin(angle)
    return (
        middle_x - width / 2,
        middle_y - height / 2,
        middle_x + width / 2,
        middle_y + height / 2,
    )


def _shared(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)


def _out(box: Box, frame: Box) -> float:
    """The area of a box that lies outside the frame."""
    return (box[2] - box[0]) * (box[3] - box[1]) - _shared(box, frame)


def away(point: Point, box: Box) -> float:
    """Return the distance of a point from a box."""
    return hypot(
        max(box[0] - point[0], 0.0, point[0] - box[2]),
        max(box[1] - point[1], 0.0, point[1] - box[3]),
    )
