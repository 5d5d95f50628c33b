"""Makers of samples, sick and healthy, from real rows: what the doctor of samples is tested on.

Each maker takes the rows that count as learnt from, rows of its own that neither a model nor the
doctor is shown, how many samples to make, and a generator of random numbers; it returns rows as
given. No row of its own is made twice unless repetition is what the maker is for: where it has too
few, it makes fewer samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from kullback.data import Dataset, Mixture, Part, Space
from kullback.evaluation.metric import Array

Rng = np.random.Generator

FEWEST_TO_REPEAT = 300
"""Fewer unseen rows drawn with repetition are what a collapse is."""


@dataclass(frozen=True, eq=False)
class Source:
    """Three sets of rows without a row in common, and what is known of all of them.

    ``train`` counts as learnt from, ``held_out`` is what else the doctor is shown, if anything, and
    from ``unseen`` samples are made.
    """

    data: Dataset
    space: Space
    train: Part
    held_out: Part | None
    unseen: Part

    @classmethod
    def of(cls, data: Dataset, seed: int, *, held_out: bool, most: int = 10_000) -> Source:
        """The first rows of the training part; and validation and test part, mixed by ``seed``.

        If the doctor is shown rows ``held_out``, they are one half of these, and samples are made
        from the other; else samples are made from all of them. They are shown without labels, as
        those of a file are.
        """
        train = data.train.take(np.arange(min(most, len(data.train))))
        parts = (data.validation, data.test)
        x = np.concatenate([part.x for part in parts])
        y = None
        if data.validation.y is not None and data.test.y is not None:
            y = np.concatenate([data.validation.y, data.test.y])
        order = np.random.default_rng(seed).permutation(len(x))
        middle = len(x) // 2 if held_out else 0
        kept = Part(x[order[:middle]]) if held_out else None
        space = Space.of(train.x, data.space.kind)
        return cls(data, space, train, kept, Part(x, y).take(order[middle:]))


Maker = Callable[[Source, int, Rng], Array]


def drawn(part: Part, n: int, rng: Rng) -> Array:
    """N rows of a part, none twice; all of them where there are fewer."""
    return part.take(rng.permutation(len(part))[:n]).x


def repeated(part: Part, n: int, rng: Rng) -> Array:
    """N rows of a part, each drawn from all of them."""
    return part.x[rng.integers(0, len(part), n)]


def honest(source: Source, n: int, rng: Rng) -> Array:
    """Unseen rows; points of a known density are drawn from it."""
    if source.data.truth is not None:
        return source.data.truth.sample(n, rng)[0].astype(source.space.dtype)
    return drawn(source.unseen, n, rng)


def shifted(source: Source, n: int, rng: Rng) -> Array:
    """Unseen images shifted by a pixel at most."""
    x = drawn(source.unseen, n, rng)
    steps = rng.integers(-1, 2, (len(x), 2))
    axes = (0, 1) if source.space.layout != "CHW" else (1, 2)
    return np.stack([np.roll(row, step, axes) for row, step in zip(x, steps, strict=True)])


def rotated(degrees: float) -> Maker:
    """Unseen images turned by up to so many degrees."""

    def make(source: Source, n: int, rng: Rng) -> Array:
        x = torch.from_numpy(source.space.to_model(drawn(source.unseen, n, rng))).float()
        angles = torch.from_numpy(np.deg2rad(rng.uniform(-degrees, degrees, len(x)))).float()
        zero, cos, sin = torch.zeros(len(x)), angles.cos(), angles.sin()
        turns = torch.stack([cos, -sin, zero, sin, cos, zero], 1).view(len(x), 2, 3)
        grid = functional.affine_grid(turns, list(x.shape), align_corners=False)
        turned = functional.grid_sample(x, grid, align_corners=False, padding_mode="border")
        return source.space.to_data(turned.numpy())

    return make


def as_data(space: Space, flat: Array) -> Array:
    """Flat rows in model units as data is given."""
    return space.to_data(flat.reshape(len(flat), *space.model_shape))


def noisy(source: Source, x: Array, size: float, rng: Rng) -> Array:
    """Rows with Gaussian noise, ``size`` in deviations: of a table's columns each its own."""
    model = source.space.to_model(x).astype(np.float64)
    variance = source.space.to_model(source.train.x).var(0)
    scale = np.sqrt(variance.mean() if source.space.is_image else variance)
    return source.space.to_data(model + size * scale * rng.standard_normal(model.shape))


def classes(kept: int) -> Maker:
    """Only the first so many of the classes, in the data's shares."""

    def make(source: Source, n: int, rng: Rng) -> Array:
        assert source.unseen.y is not None
        labels = np.unique(source.unseen.y)
        chosen = rng.permutation(labels)[:kept]
        rows = np.flatnonzero(np.isin(source.unseen.y, chosen))
        return drawn(source.unseen.take(rows), n, rng)

    return make


def without_a_class(source: Source, n: int, rng: Rng) -> Array:
    """All classes but one."""
    assert source.unseen.y is not None
    return classes(len(np.unique(source.unseen.y)) - 1)(source, n, rng)


def identical(source: Source, n: int, rng: Rng) -> Array:
    """One real row, n times."""
    return np.repeat(drawn(source.unseen, 1, rng), n, axis=0)


def prototypes(count: int, noise: float) -> Maker:
    """A few unseen rows over and over, with a little noise."""

    def make(source: Source, n: int, rng: Rng) -> Array:
        few = drawn(source.unseen, count, rng)
        return noisy(source, few[rng.integers(0, len(few), n)], noise, rng)

    return make


def replay(share: float, noise: float) -> Maker:
    """Training rows with a little noise for a share of the samples, unseen rows for the rest.

    They may repeat: a model that replays its rows does.
    """

    def make(source: Source, n: int, rng: Rng) -> Array:
        copies = round(n * share)
        copied = noisy(source, repeated(source.train, copies, rng), noise, rng)
        rest = honest(source, n - copies, rng)
        if len(rest) < n - copies:
            rest = repeated(source.unseen, n - copies, rng)
        return rng.permutation(np.concatenate([copied, rest]))

    return make


def blurred(sigma: float) -> Maker:
    """Unseen images under a Gaussian blur of so many pixels."""

    def make(source: Source, n: int, rng: Rng) -> Array:
        x = torch.from_numpy(source.space.to_model(drawn(source.unseen, n, rng))).float()
        reach = max(1, round(3 * sigma))
        taps = torch.exp(-(torch.arange(-reach, reach + 1.0) ** 2) / (2 * sigma**2))
        kernel = torch.outer(taps, taps) / taps.sum() ** 2
        channels = x.shape[1]
        padded = functional.pad(x, (reach,) * 4, mode="replicate")
        out = functional.conv2d(padded, kernel.expand(channels, 1, -1, -1), groups=channels)
        return source.space.to_data(out.numpy())

    return make


def uniform_noise(source: Source, n: int, rng: Rng) -> Array:
    """Every value uniform between the smallest and the largest of the training rows'."""
    low, high = source.train.x.min(), source.train.x.max()
    x = rng.uniform(low, high, (n, *source.space.shape))
    whole = np.issubdtype(source.train.x.dtype, np.integer)
    return (np.rint(x) if whole else x).astype(source.space.dtype)


def gaussian_noise(source: Source, n: int, rng: Rng) -> Array:
    """Every value Gaussian with its own mean and deviation, independent of the others."""
    x = source.space.to_model(source.train.x).astype(np.float64)
    made = x.mean(0) + x.std(0) * rng.standard_normal((n, *x.shape[1:]))
    return source.space.to_data(made)


def grey_noise(source: Source, n: int, rng: Rng) -> Array:
    """Gaussian noise around the middle of the range."""
    x = source.space.to_model(source.train.x)
    made = x.mean() + x.std() * rng.standard_normal((n, *x.shape[1:]))
    return source.space.to_data(made)


def inverted(source: Source, n: int, rng: Rng) -> Array:
    """Unseen images, black for white."""
    return 255 - drawn(source.unseen, n, rng)


def as_floats(low: float, high: float) -> Maker:
    """Unseen 8-bit images as floats of another range."""

    def make(source: Source, n: int, rng: Rng) -> Array:
        x = drawn(source.unseen, n, rng).astype(np.float32)
        return x / np.float32(255) * np.float32(high - low) + np.float32(low)

    return make


def wide(factor: float) -> Maker:
    """Points of the known density with modes wider than they are."""

    def make(source: Source, n: int, rng: Rng) -> Array:
        truth = source.data.truth
        assert truth is not None
        wider = Mixture(truth.centres, truth.weights, truth.scales * factor)
        return wider.sample(n, rng)[0].astype(source.space.dtype)

    return make


def gaussian(source: Source, n: int, rng: Rng) -> Array:
    """A Gaussian of the training rows' own mean and covariance: fair for a table."""
    x = source.space.to_model(source.train.x).reshape(len(source.train), -1).astype(np.float64)
    deviations = x - x.mean(0)
    made = rng.standard_normal((n, len(x))) @ deviations / np.sqrt(len(x))
    return as_data(source.space, x.mean(0) + made)


def makers(source: Source, *, check: bool) -> list[tuple[str, str | None, Maker]]:
    """Name, disease or ``None``, and maker of all cases that a data set allows.

    Those for checking have other parameters than those that thresholds were set on.
    """
    space, truth = source.space, source.data.truth
    labelled = source.train.y is not None
    # In the plane a copy is one only within the spacing of rows, far below the data's deviation.
    close = 0.05 if space.features > 8 else 1e-5
    found: list[tuple[str, str | None, Maker]] = [
        ("unseen rows", None, honest),
        ("one row, n times", "mode-collapse", identical),
        ("uniform noise", "wrong-data", uniform_noise),
    ]
    if len(source.unseen) >= FEWEST_TO_REPEAT:
        found += [
            ("unseen rows with repetition", None, lambda s, n, rng: repeated(s.unseen, n, rng))
        ]
    if check:
        found += [
            ("3 prototypes, noise .03", "mode-collapse", prototypes(3, 0.03 * min(1, close * 20))),
            ("25 prototypes, noise .1", "mode-collapse", prototypes(25, 0.1 * min(1, close * 20))),
            ("training rows, noise x2", "memorisation", replay(1, 2 * close)),
            ("training rows", "memorisation", replay(1, 0)),
            ("40 % training rows", "memorisation", replay(0.4, close)),
        ]
    else:
        found += [
            ("10 prototypes, noise .05", "mode-collapse", prototypes(10, close)),
            ("training rows, noise", "memorisation", replay(1, close)),
            ("half training rows, noise", "memorisation", replay(0.5, close)),
        ]
    if not (space.is_image or truth):
        found += [("a Gaussian", None, gaussian)]
    if truth is not None:
        found += [
            (f"modes wider by {factor:g}", None, wide(factor))
            for factor in ((1.3,) if check else (1.2, 1.5))
        ]
    if labelled:
        found += [
            (f"{k} of the classes", "mode-collapse", classes(k))
            for k in ((2, 4) if check else (3,))
        ]
        found += [
            (f"one class missing, {i}", "mode-dropping", without_a_class)
            for i in range(3 if check else 2)
        ]
    if space.is_image:
        whole = space.kind == "uint8"
        tall = min(space.model_shape[1:]) > 16
        found += [
            (f"Gaussian blur {sigma:g}", "blur", blurred(sigma))
            for sigma in ((1.2, 2.0) if check else (1.0, 1.5))
        ]
        found += [("noise of each pixel's mean and deviation", "wrong-data", gaussian_noise)]
        found += [("noise around the mean grey", "wrong-data", grey_noise)] if check else []
        if tall:
            found += [("shifted by a pixel", None, shifted), ("turned by 5°", None, rotated(5))]
        if whole:
            low, high = (-1.0, 1.0) if check else (0.0, 1.0)
            found += [
                ("inverted", "wrong-data", inverted),
                (f"floats from {low:g} to {high:g}", "wrong-data", as_floats(low, high)),
                ("whole numbers as floats", None, as_floats(0, 255)),
            ]
    return found
