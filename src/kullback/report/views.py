"""How rows of one data set are shown: images as sheets, points in their plane, numbers by density.

Vectors are shown in the plane of their data's two principal axes, which is the same for every model
of the same data, and by how each feature's mean and spread differ from the data's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from kullback.data import Dataset
from kullback.data.sequences import joined
from kullback.pictures import beside, grid, has_pictures, lines, to_pixels
from kullback.report import figures
from kullback.report.elements import Html, drawing, element, picture, together
from kullback.report.figures import Frame
from kullback.report.style import MARKERS

Array = npt.NDArray[Any]

MOST_POINTS = 2_500
TRANSLATED = 8
"""So many translations stand in a line."""

_SHEET = 640
_STRIPS = 24
_LARGEST_SHEET = 800
_SPREAD_LEAST = 1e-12
_HELD_OUT = "held-out ones first"
_MOST_FOR_AXES = 2_000
_MOST_COLUMNS = 20
_SHORT = 3


class View(Protocol):
    """What a section asks for. ``count`` rows are to be sampled, of a model that was given labels
    the classes ``labels``, (n,); ``few`` rows are reconstructed; ``paths`` pairs of ends joined by
    ``steps``."""

    count: int
    labels: Array | None
    few: int
    paths: int
    steps: int

    def data(self) -> Html:
        """Show real rows, as samples are shown."""

    def samples(self, rows: Array) -> Html:
        """Show samples (count, *shape)."""

    def by_class(self, rows: Array) -> Html:
        """Show samples (n, *shape) of the classes ``labels``."""

    def reconstructions(self, originals: Array, made: Array) -> Html:
        """Show rows and their reconstructions, (few, *shape) each."""

    def interpolations(self, paths: Sequence[Array]) -> Html:
        """Show paths from one row to another, (steps, *shape) each."""


def view_of(dataset: Dataset) -> View:
    """Return the view that suits a data set."""
    if has_pictures(dataset.space):
        return _Pictures(dataset)
    return _Numbers(dataset) if dataset.space.features == 1 else _Plane(dataset)


class _Pictures:
    def __init__(self, dataset: Dataset) -> None:
        self.space = dataset.space
        self.noun = "images" if self.space.is_image else "sequences"
        height, width = to_pixels(dataset.test.observations[:1], self.space).shape[1:3]
        self.columns = min(8, max(4, _SHEET // max(height, width)))
        # Tokens are drawn as low strips, of which many lines make a sheet.
        high = self.columns if height == width or self.space.is_image else _STRIPS
        self.rows = _real(dataset, self.columns * high)
        self.count = len(self.rows)
        self.few = 2 * self.columns
        self.paths, self.steps = 5, self.columns
        self.names = (dataset.label_names or ())[:_MOST_COLUMNS]
        self.labels = np.tile(np.arange(len(self.names)), self.columns) if self.names else None

    def data(self) -> Html:
        caption = f"{self.count} real {self.noun}, {_HELD_OUT}."
        return _figure(self._sheet(self.rows, f"real {self.noun}"), caption)

    def samples(self, rows: Array) -> Html:
        return _figure(self._sheet(rows, "samples of the model"), f"{len(rows)} samples, seed 0.")

    def by_class(self, rows: Array) -> Html:
        classes = len(self.names)
        columns = [
            element("div", element("span", name), self._sheet(rows[k::classes], f"class {name}", 1))
            for k, name in enumerate(self.names)
        ]
        short = all(len(name) <= _SHORT for name in self.names)
        sheet = element(
            "div",
            *columns,
            class_="classes short" if short else "classes",
            style=f"grid-template-columns:repeat({classes},minmax(0,1fr))",
        )
        return _figure(sheet, "A column a class, the one that was asked for; seed 0.")

    def reconstructions(self, originals: Array, made: Array) -> Html:
        sheet = lines([(originals, self.space), (made, self.space)], self.columns)
        alt = f"{self.noun} and below each its reconstruction"
        caption = f"Odd lines: held-out {self.noun}; below each, its reconstruction."
        return _figure(_small(sheet, alt), caption)

    def interpolations(self, paths: Sequence[Array]) -> Html:
        return _figure(
            self._sheet(joined(paths), f"paths between {self.noun}"),
            "A path a line, from left to right.",
        )

    def _sheet(self, rows: Array, alt: str, columns: int | None = None) -> Html:
        return _small(grid(rows, self.space, columns or self.columns), alt)


class _Plane:
    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        rows = _flat(dataset.train.x)
        self.mean, self.spread = rows.mean(axis=0), rows.std(axis=0)
        self.is_plane = rows.shape[1] == 2
        self.axes, self.share = np.eye(2), 1.0
        labels = ("first coordinate", "second coordinate")
        if not self.is_plane:
            self.axes, self.share = principal_axes(rows)
            labels = ("first principal axis", "second principal axis")
        self.truth = dataset.truth.centres if dataset.truth and self.is_plane else None
        self.behind = self._in_plane(_real(dataset, MOST_POINTS))
        self.frame = Frame.around(self.behind, labels)
        self.count, self.few = len(self.behind), 300
        self.paths, self.steps = 8, 40
        self.labels = _real_labels(dataset, MOST_POINTS)

    def data(self) -> Html:
        cloud = figures.cloud(self.frame, self.behind, truth=self.truth)
        modes = "" if self.truth is None else " Rings mark the true modes."
        found = _figure(
            drawing(cloud, "real data as a cloud of points"),
            f"{self.count:,} real rows, {_HELD_OUT}.{modes}",
        )
        return found if self.is_plane else together(found, self._moments(self.dataset.test.x))

    def samples(self, rows: Array) -> Html:
        return self._samples(rows, None)

    def by_class(self, rows: Array) -> Html:
        return self._samples(rows, self.labels)

    def _samples(self, rows: Array, labels: Array | None) -> Html:
        points = self._in_plane(rows)
        behind = self.behind if self.truth is None else self.behind[:0]
        names = self.dataset.label_names or ()
        coloured = labels is not None and len(names) <= figures.MOST_CLASSES
        cloud = figures.cloud(self.frame, behind, points, self.truth, labels if coloured else None)
        backdrop = "data" if self.truth is None else "the true modes"
        asked = "" if labels is None else ", asked for the labels of the real rows"
        caption = f"{len(rows):,} samples{asked}, seed 0, and in grey {backdrop}."
        shown = _figure(
            drawing(cloud, "samples of the model as a cloud of points"),
            caption + self._lost(points),
        )
        found = together(shown, class_legend(names)) if coloured else shown
        return found if self.is_plane else together(found, self._moments(rows))

    def reconstructions(self, originals: Array, made: Array) -> Html:
        starts, ends = self._in_plane(originals), self._in_plane(made)
        drawn = figures.pairs(self.frame, self.behind, starts, ends)
        caption = f"{len(starts)} held-out rows, each joined to its reconstruction, the dot."
        return _figure(
            drawing(drawn, "points joined to their reconstructions"), caption + self._lost(ends)
        )

    def interpolations(self, paths: Sequence[Array]) -> Html:
        drawn = figures.paths(self.frame, self.behind, [self._in_plane(way) for way in paths])
        caption = (
            f"{len(paths)} paths of {self.steps} dots over the data in grey; the ends are orange."
        )
        return _figure(drawing(drawn, "paths between points"), caption)

    def _moments(self, rows: Array) -> Html:
        varies = self.spread > _SPREAD_LEAST
        if not varies.any():
            return Html()
        x = _flat(rows)[:, varies]
        shift = (x.mean(axis=0) - self.mean[varies]) / self.spread[varies]
        ratio = x.std(axis=0) / self.spread[varies]
        return together(
            _figure(
                drawing(figures.by_feature(shift, 0.0, "shift of mean"), "shift of each mean"),
                "Each feature's mean less the training data's, in standard deviations; 0 is right.",
            ),
            _figure(
                drawing(figures.by_feature(ratio, 1.0, "ratio of spread"), "ratio of each spread"),
                "Each feature's standard deviation over the training data's; 1 is right.",
            ),
        )

    def _in_plane(self, rows: Array) -> Array:
        x = _flat(rows)
        return x if self.is_plane else (x - self.mean) @ self.axes

    def _lost(self, points: Array) -> str:
        text = ""
        if not self.is_plane:
            text = f" The two axes hold {self.share:.0%} of the data's variance."
        lost = self.frame.outside(points)
        return text + (f" {lost:,} lie outside the frame." if lost else "")


class _Numbers:
    def __init__(self, dataset: Dataset) -> None:
        self.values = _flat(_real(dataset, MOST_POINTS))[:, 0]
        self.count, self.few = len(self.values), 300
        self.paths, self.steps = 8, 40
        self.labels = _real_labels(dataset, MOST_POINTS)

    def data(self) -> Html:
        drawn = figures.histogram(self.values, None, "value")
        caption = f"{self.count:,} real rows, {_HELD_OUT}."
        return _figure(drawing(drawn, "histogram of real data"), caption)

    def samples(self, rows: Array) -> Html:
        drawn = figures.histogram(self.values, _flat(rows)[:, 0], "value")
        caption = f"{len(rows):,} samples, seed 0, as a line; data in grey."
        return _figure(drawing(drawn, "histogram of samples over data"), caption)

    def by_class(self, rows: Array) -> Html:
        return self.samples(rows)

    def reconstructions(self, originals: Array, made: Array) -> Html:
        drawn = figures.parity(_flat(originals)[:, 0], _flat(made)[:, 0])
        caption = f"{len(originals)} held-out rows; on the line a reconstruction is exact."
        return _figure(drawing(drawn, "reconstructions against originals"), caption)

    def interpolations(self, paths: Sequence[Array]) -> Html:
        drawn = figures.lines([_flat(way)[:, 0] for way in paths], "value")
        return _figure(drawing(drawn, "values on the way between two codes"), "A line a path.")


def translations(dataset: Dataset, rows: Array, made: Sequence[Array], truth: Array | None) -> Html:
    """Show rows of the second data set, below each what ``made`` of it, and the ``truth``.

    Several outputs of a row, each (n, *shape), stand after it in one line.
    """
    assert dataset.source is not None
    source, own = (rows, dataset.source.space), dataset.space
    blocks = [source, *((each, own) for each in made)]
    below = "below each, what the model made of it"
    if len(made) > 1:
        below = f"then {len(made)} outputs of the model for it, each with noise of its own"
    told = f"{dataset.source.name}, held out; {below}"
    if truth is not None:
        blocks.append((truth, own))
        told += f"; last, the row of {dataset.name} that truly belongs to it"
    sheet = lines(blocks, TRANSLATED) if len(made) == 1 else beside(blocks)
    return _figure(_small(sheet, "rows of the second data set and their translations"), f"{told}.")


def principal_axes(rows: Array) -> tuple[Array, float]:
    """Return the two directions (D, 2) of most variance, and their share of all variance."""
    some = rows[:_MOST_FOR_AXES]
    # One row alone has no second direction of its own.
    whole = len(some) < 2
    _, lengths, directions = np.linalg.svd(some - some.mean(axis=0), full_matrices=whole)
    variances = lengths**2
    share = float(variances[:2].sum() / max(variances.sum(), _SPREAD_LEAST))
    axes = directions[:2].T
    # An axis has no sign of its own; the largest entry is made positive, the same everywhere.
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    return axes * signs, share


def _real(dataset: Dataset, most: int) -> Array:
    """Real rows to look at: held-out ones, and of small sets the others too."""
    parts = (dataset.test, dataset.validation, dataset.train)
    return joined([part.observations[:most] for part in parts])[:most]


def _real_labels(dataset: Dataset, most: int) -> Array | None:
    """The labels of the rows that ``_real`` returns."""
    parts = (dataset.test, dataset.validation, dataset.train)
    labels = [part.y[:most] for part in parts if part.y is not None]
    return np.concatenate(labels)[:most] if len(labels) == len(parts) else None


def class_legend(names: Sequence[str]) -> Html:
    """Return the names of classes, each behind the colour and marker that figures give it."""
    items = []
    for label, name in enumerate(names):
        colour, marker = figures.class_style(label)
        items.append(
            element("li", element("span", MARKERS[marker], style=f"color:{colour}"), f" {name}")
        )
    return element("ul", *items, class_="legend")


def _small(sheet: Image.Image, alt: str) -> Html:
    sheet.thumbnail((_LARGEST_SHEET, _LARGEST_SHEET), Image.Resampling.LANCZOS)
    return picture(sheet, alt)


def _flat(rows: Array) -> Array:
    return rows.reshape(len(rows), -1).astype(np.float64)


def _figure(content: Html, caption: str) -> Html:
    return element("figure", content, element("figcaption", caption))
