from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from kullback.report.labels import Box, away, place

FRAME = (0.0, 0.0, 400.0, 280.0)


def shared(one: Box, other: Box) -> bool:
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(
        one[1], other[1]
    )


@pytest.mark.parametrize("spread", [0.0, 3.0, 25.0, 120.0])
def test_labels_cover_neither_each_other_nor_points_nor_the_edge(spread: float) -> None:
    rng = np.random.default_rng(0)
    middle = np.array([200.0, 140.0])
    points = [(float(x), float(y)) for x, y in middle + rng.uniform(-spread, spread, (8, 2))]
    boxes = place(points, [(45.0, 11.0)] * 8, FRAME)
    assert not any(shared(one, other) for one, other in combinations(boxes, 2))
    for box in boxes:
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= 400
        assert box[3] <= 280
        assert all(away(point, box) > 0 for point in points)
        assert (box[2] - box[0], box[3] - box[1]) == pytest.approx((45.0, 11.0))


def test_a_lonely_point_has_its_name_beside_it() -> None:
    ((left, bottom, _, top),) = place([(100.0, 100.0)], [(30.0, 10.0)], FRAME)
    assert (left, (bottom + top) / 2) == pytest.approx((105.0, 100.0))


def test_at_the_right_edge_the_name_is_on_the_left() -> None:
    ((_, _, right, _),) = place([(398.0, 100.0)], [(30.0, 10.0)], FRAME)
    assert right == pytest.approx(393.0)
