"""What one observation is, and the map between data as given and model units.

A network wants small floats, channels first; people have uint8 pixels, zeros and ones, or columns
in metres. A `Space` remembers which, so that samples come back as the data came:

    kind      data as given          model units
    uint8     0, 1, …, 255           x / 255                in [0, 1]
    binary    0 or 1, any dtype      the same, as floats    in {0, 1}
    real      any finite number      (x − shift) / scale    mean 0, mean variance 1
    token     0, 1, …, levels − 1    one-hot, as floats     in {0, 1}

For real data the shift is each feature's mean, but the scale is *one* number for all features,
the root of their mean variance: dividing each feature by its own would change which directions
are the principal ones, and what an isotropic Gaussian around a reconstruction means.
A picture of real numbers can only be shown within a range, so real images come back inside the one
that the training rows had, as uint8 ones do inside theirs.

A sequence is T steps, of F real numbers or of one token each, of which a mask says which exist. Its
features are those of a step: one shift each, shared by all steps, and the moments are those of the
steps that exist. A step that does not is 0 in model units.

A density in model units m becomes one in data units x through the Jacobian:
log p(x) = log p(m) + log|dm/dx|, with log|dm/dx| = −D log scale for real data. The data unit of a
uint8 image is a pixel in [0, 1], so there, as for bits and tokens, the Jacobian is 1 and its log 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import log, prod, sqrt
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any, Literal, get_args, overload

import numpy as np

from kullback.data.sequences import Mask, blank, check_mask, count_levels
from kullback.data.values import Array, check_dtype, check_finite, chunks
from kullback.errors import BadInput

if TYPE_CHECKING:
    import torch

Kind = Literal["uint8", "binary", "real", "token"]
Layout = Literal["HW", "HWC", "CHW", "sequence", "flat"]

SMALLEST_SIDE = 8
"""Arrays whose two spatial sides have at least this many values are images."""


@dataclass(frozen=True)
class Space:
    """The type, shape and units of one observation.

    `shape` is one row as given: (H, W), (H, W, C) or (C, H, W) for an image, (D,) for a vector,
    () for a single number. `dtype` is the numpy name of the type as given. `shift` (one number per
    value of the flattened row, or of the flattened step of a `sequence`; empty unless `kind` is
    real) and `scale` standardise real data. `limits` are the smallest and the largest value of the
    training rows, for real images only. A sequence has shape (T, F) or (T,), and `levels` is how
    many tokens there are, 0 for other kinds.
    """

    kind: Kind
    shape: tuple[int, ...]
    dtype: str
    shift: tuple[float, ...] = ()
    scale: float = 1.0
    limits: tuple[float, float] | None = None
    sequence: bool = False
    levels: int = 0
    # The shift on each device, so that a training step uploads nothing and waits for nothing.
    _shifts: dict[tuple[object, object], torch.Tensor] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(
        cls,
        train_rows: Array,
        kind: Kind | None = None,
        mask: Mask | None = None,
        levels: int = 0,
    ) -> Space:
        """The space of these rows (N, *shape); shift, scale and limits are theirs.

        With a `mask` (N, T) the rows (N, T, …) are sequences. `kind`, and how many `levels` tokens
        have, are inferred from the rows unless told, as when held-out rows were looked at too.
        Raises `BadInput` for values that are not finite numbers, and for negative tokens.
        """
        check_dtype(train_rows, "the training rows")
        if mask is not None:
            train_rows = blank(train_rows, check_mask(mask, train_rows, "the training rows"))
        check_finite(train_rows, "the training rows")
        kind = kind or kind_of(train_rows, mask)
        if kind == "token":
            levels = levels or count_levels(train_rows, "the training rows")
        observed = train_rows if mask is None else train_rows[mask]
        shift, scale = _moments(observed) if kind == "real" else ((), 1.0)
        space = cls(
            kind,
            train_rows.shape[1:],
            train_rows.dtype.name,
            shift,
            scale,
            sequence=mask is not None,
            levels=levels,
        )
        if kind == "real" and space.is_image:
            return replace(space, limits=(float(train_rows.min()), float(train_rows.max())))
        return space

    @property
    def layout(self) -> Layout:
        """How a row is laid out: as an image, channels last or first, a sequence, or a vector."""
        if self.sequence:
            return "sequence"
        if len(self.shape) not in (2, 3):
            return "flat"
        if min(self.shape[:2]) >= SMALLEST_SIDE:
            return "HW" if len(self.shape) == 2 else "HWC"
        return "CHW" if len(self.shape) == 3 and min(self.shape[1:]) >= SMALLEST_SIDE else "flat"

    @property
    def is_image(self) -> bool:
        """Whether a row has two spatial sides of at least 8 values."""
        return self.layout not in ("flat", "sequence")

    @property
    def model_shape(self) -> tuple[int, ...]:
        """One row as a network sees it: (C, H, W) for images, (T, F) or (T, levels) for sequences,
        (D,) for everything else.
        """
        match self.layout:
            case "sequence":
                return (self.shape[0], self.levels or prod(self.shape[1:]))
            case "HW":
                return (1, *self.shape)
            case "HWC":
                return (self.shape[2], *self.shape[:2])
            case "CHW":
                return self.shape
            case "flat":
                return (self.features,)

    @property
    def step(self) -> Space:
        """The space of one step of a sequence, its features as a vector."""
        return replace(self, shape=(prod(self.shape[1:]),), sequence=False)

    @property
    def features(self) -> int:
        """The number of values D in a row."""
        return prod(self.shape)

    @property
    def bounded(self) -> bool:
        """Whether model units lie in [0, 1]."""
        return self.kind != "real"

    @property
    def log_jacobian(self) -> float:
        """log|d model/d data| summed over the features of a row, in nats.

        Of a sequence it is that of one step: a row has as many of it as steps exist.
        """
        values = prod(self.shape[1:]) if self.sequence else self.features
        return values * log(1 / self.scale)

    @overload
    def to_model(self, rows: Array, mask: Mask | None = None) -> Array: ...
    @overload
    def to_model(self, rows: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor: ...
    def to_model(self, rows: Any, mask: Any = None) -> Any:
        """Rows as given (N, *shape) in model units (N, *model_shape), array in, array out.

        The result is float32, or float64 for real data given as float64. Tensors stay on their
        device. Steps of a sequence that the mask (N, T) leaves out are 0; without one all exist.
        """
        match self.kind:
            case "real":
                x = self._standardised(rows)
            case "token":
                x = _one_hot(rows, self.levels)
            case "uint8":
                x = _as_float(rows, double=False) / 255
            case "binary":
                x = _as_float(rows, double=False)
        if self.layout == "HWC":
            return np.moveaxis(x, -1, 1) if isinstance(x, np.ndarray) else x.movedim(-1, 1)
        x = x.reshape((x.shape[0], *self.model_shape))
        return x if mask is None else _only(x, mask)

    def to_data(self, array: Array) -> Array:
        """Model units (N, *model_shape) as data was given: (N, *shape), its dtype, its range.

        Values out of range are clipped, those of real images to `limits`, integers rounded; binary
        data of an integer type is cut at one half, and of a float type keeps the probability; of a
        token's levels the largest is taken. What stands at steps that do not exist has no meaning.
        """
        if self.kind == "token":
            tokens: Array = array.argmax(axis=-1)
            return tokens.astype(self.dtype)
        if self.layout == "HWC":
            array = np.moveaxis(array, 1, -1)
        x: Array = array.reshape((len(array), *self.shape))
        dtype: np.dtype[Any] = np.dtype(self.dtype)
        if self.kind == "real":
            shift = np.reshape(self.shift, self.shape[1:] if self.sequence else self.shape)
            x = x.astype(np.float64) * self.scale + shift
            x = x if self.limits is None else np.clip(x, *self.limits)
            return x.astype(dtype) if dtype.kind == "f" else _rounded(x, dtype)
        x = np.clip(x, 0, 1)
        if self.kind == "uint8":
            x = np.rint(x * 255)
        elif dtype.kind != "f":
            x = x >= 0.5
        return x.astype(dtype)

    def check(self, rows: Array, mask: Array | None = None) -> None:
        """Raise `BadInput` unless `rows` (N, *shape), N > 0, could have come from this space."""
        check_dtype(rows, "the data")
        if mask is not None:
            if not self.sequence:
                raise BadInput("the data has a mask, but the model was not made for sequences")
            rows = blank(rows, check_mask(mask, rows, "the data"))
        if rows.shape[1:] != self.shape or rows.ndim == 0:
            raise BadInput(
                f"the data has rows of shape {rows.shape[1:]}, but the model was made for "
                f"{self.shape}"
            )
        if len(rows) == 0:
            raise BadInput("the data has no rows; give one or more")
        if self.kind == "uint8" and rows.dtype != np.uint8:
            raise BadInput(f"the data is {rows.dtype}, but the model was made for uint8, 0 to 255")
        check_finite(rows, "the data")
        if self.kind == "token":
            self._check_tokens(rows)
        if self.kind == "binary" and not all(_is_binary(part) for part in chunks(rows)):
            raise BadInput("the data has values other than the 0 and 1 that the model was made for")

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary that JSON can hold and `from_json` reads back exactly."""
        return {
            "kind": self.kind,
            "shape": list(self.shape),
            "dtype": self.dtype,
            "shift": list(self.shift),
            "scale": self.scale,
            "limits": None if self.limits is None else list(self.limits),
            "sequence": self.sequence,
            "levels": self.levels,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Space:
        """The space that `to_json` wrote; what a space has a default for may be absent.

        Raises `BadInput` for other keys, and for values that no space has.
        """
        if not _READERS.keys() - _OPTIONAL <= value.keys() <= _READERS.keys():
            raise BadInput(
                f"a space has the keys {', '.join(_READERS)}, not {', '.join(map(str, value))}"
            )
        read = {}
        for key, given in value.items():
            try:
                read[key] = _READERS[key](given)
            except (TypeError, ValueError) as error:
                raise BadInput(f"{shortened(given)} cannot be the {key} of a space") from error
        return cls(**read)

    def _check_tokens(self, rows: Array) -> None:
        if rows.dtype.kind not in "bui":
            raise BadInput(f"the data is {rows.dtype}, but the model was made for integer tokens")
        if count_levels(rows, "the data") > self.levels:
            row = (rows >= self.levels).any(axis=1).argmax()
            raise BadInput(
                f"the data has a token {rows[row].max()} in row {row}, but the model was made for "
                f"0 to {self.levels - 1}"
            )

    def _standardised(self, rows: Any) -> Any:
        is_array = isinstance(rows, np.ndarray)
        is_float = rows.dtype.kind == "f" if is_array else rows.is_floating_point()
        is_double = is_float and rows.dtype.itemsize == 8
        # A large integer (an id, a timestamp) is exact in float64, and small once shifted.
        x = _as_float(rows, double=is_double or not is_float).reshape((-1, len(self.shift)))
        shift = np.asarray(self.shift, x.dtype) if is_array else self._shift_like(x)
        x = ((x - shift) / self.scale).reshape(rows.shape)
        return _as_float(x, double=is_double)

    def _shift_like(self, x: torch.Tensor) -> torch.Tensor:
        key = (x.device, x.dtype)
        if key not in self._shifts:
            self._shifts[key] = x.new_tensor(self.shift)
        return self._shifts[key]


def _read_kind(given: Any) -> Kind:
    if given not in get_args(Kind):
        raise ValueError(given)
    return given  # type: ignore[no-any-return]


def _read_limits(given: Any) -> tuple[float, float] | None:
    if given is None:
        return None
    low, high = given
    return float(low), float(high)


def _read_flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError(given)
    return given


_READERS: dict[str, Callable[[Any], Any]] = {
    "kind": _read_kind,
    "shape": lambda given: tuple(int(side) for side in given),
    "dtype": lambda given: np.dtype(given).name,
    "shift": lambda given: tuple(float(number) for number in given),
    "scale": float,
    "limits": _read_limits,
    "sequence": _read_flag,
    "levels": int,
}
_OPTIONAL = {"limits", "sequence", "levels"}


def kind_of(rows: Array, mask: Array | None = None) -> Kind:
    """Which kind these rows are: binary if only 0 and 1 occur, and both do; else uint8 or real.

    Of sequences, integers (N, T) are tokens, and everything else is real.
    """
    if mask is not None:
        return "token" if rows.ndim == 2 and rows.dtype.kind in "bui" else "real"
    if rows.dtype == np.bool_:
        return "binary"
    if all(_is_binary(part) for part in chunks(rows)) and _varies(rows):
        return "binary"
    return "uint8" if rows.dtype == np.uint8 else "real"


def _varies(rows: Array) -> bool:
    first = rows[0].flat[0]
    return any(bool((part != first).any()) for part in chunks(rows))


def _is_binary(rows: Array) -> bool:
    return bool(((rows == 0) | (rows == 1)).all())


def _as_float(x: Any, *, double: bool) -> Any:
    if isinstance(x, np.ndarray):
        return x.astype(np.float64 if double else np.float32, copy=False)
    return x.double() if double else x.float()


def _one_hot(tokens: Any, levels: int) -> Any:
    if isinstance(tokens, np.ndarray):
        return (tokens[..., None] == np.arange(levels)).astype(np.float32)
    import torch

    # Torch compares no unsigned type but uint8 with others.
    return (tokens.long()[..., None] == torch.arange(levels, device=tokens.device)).float()


def _only(steps: Any, mask: Any) -> Any:
    """Steps (N, T, F) where the mask (N, T) is true, 0 elsewhere, NaN there or not."""
    if isinstance(steps, np.ndarray):
        return blank(steps, mask)
    return steps.masked_fill(mask[..., None] == 0, 0)


def _rounded(x: Array, dtype: np.dtype[Any]) -> Array:
    info = np.iinfo(dtype)
    # The largest 64-bit integers have no float of their own: stop at the last one that has.
    whole: Array = np.rint(np.clip(x, info.min, np.nextafter(float(info.max), 0)))
    return whole.astype(dtype)


def _moments(rows: Array) -> tuple[tuple[float, ...], float]:
    """Each feature's mean, and the root of the mean variance (1 for constant data).

    Everything is measured from the first row, so that constant data has a variance of exactly 0.
    """
    origin: Array = rows[0].reshape(-1).astype(np.float64)

    def centred(part: Array) -> Array:
        return part.reshape(len(part), -1).astype(np.float64) - origin

    with np.errstate(over="ignore", invalid="ignore"):
        mean = sum(centred(part).sum(axis=0) for part in chunks(rows)) / len(rows)
        squares = sum(float(((centred(part) - mean) ** 2).sum()) for part in chunks(rows))
    if not np.isfinite(squares):
        raise BadInput(
            "the training rows hold values too large to standardise; rescale them to below 1e150"
        )
    scale = sqrt(squares / rows.size)
    return tuple((origin + mean).tolist()), scale or 1.0
