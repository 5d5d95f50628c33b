"""A finished or interrupted training, opened: samples, codes, reconstructions, numbers.

NumPy in, NumPy out, in the type and range of the data as given. Sequences are masked arrays,
``numpy.ma``, (N, T, …) whose mask is true where no step exists; underneath they are 0 there. What
takes observations takes a dictionary {"x", "mask"}, its mask true where a step exists, as well.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kullback.data import Dataset
from kullback.data.sequences import check_mask, fitted, joined, parted
from kullback.distributions import Noise
from kullback.errors import BadInput, Unsupported
from kullback.evaluation import log_likelihood
from kullback.evaluation.examine import Announce, quietly
from kullback.models.model import Model
from kullback.objectives import Batch
from kullback.runs.evaluate import evaluate_run
from kullback.runs.folder import Folder
from kullback.runs.given import check_labels, draw_labels, given, repeated
from kullback.runs.making import How, as_given, make, usual
from kullback.runs.reading import read_again
from kullback.runs.recipe import Recipe

if TYPE_CHECKING:
    from torch import nn

Array = npt.NDArray[Any]
Observations = Array | Mapping[str, Array]
_CHUNK = 512


class Run:
    """A run folder with a model in it; ``kullback.load(folder)`` opens one.

    ``networks`` are the modules that were given in place of the model's own, if any were.
    Raises ``BadInput`` for a folder that is no run, or has no weights yet.
    """

    def __init__(self, path: str | Path, **networks: nn.Module) -> None:
        self.folder = Folder(Path(path))
        self.recipe: Recipe = self.folder.recipe()
        self.space = self.recipe.space
        self._networks = networks
        missing = set(self.recipe.own_networks) - set(networks)
        if missing:
            names = ", ".join(sorted(missing))
            raise BadInput(
                f"{path} was trained with networks of your own ({names}); give them again, "
                f"as in kullback.load(folder, {names}=module)"
            )

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder.path

    @property
    def networks(self) -> Mapping[str, nn.Module]:
        """The modules that were given in place of the model's own, by argument name."""
        return self._networks

    @cached_property
    def model(self) -> Model:
        """The model with the weights that sampling uses."""
        if not self.folder.model.is_file():
            raise BadInput(
                f"{self.path} has no model yet; `kullback train --resume --out {self.path}` goes on"
            )
        return load_weights(self.recipe, self._networks, self.folder)

    @cached_property
    def data(self) -> Dataset:
        """The data of the training, split as then; ``BadInput`` if they have changed since."""
        return read_again(self.recipe, self.folder)

    @property
    def formula(self) -> str:
        """What the training minimised, with its settings."""
        return str(self.model.objective)

    def labels_for(self, y: Array | None) -> Array | None:
        """Return the labels ``y`` of rows where the model was given labels, else ``None``."""
        return y if "y" in self.model.observed else None

    @property
    def usually(self) -> How:
        """How samples are made unless one says: "mean" or "draw"."""
        return usual(self.space, self.model.p)

    def can(self, capability: str) -> bool:
        """Say whether the model can sample, encode, reconstruct, interpolate, or has likelihood."""
        return capability in self.recipe.entry.capabilities

    def metrics(self) -> list[dict[str, Any]]:
        """Return the reports of the training, in order."""
        return self.folder.metrics()

    def sample(
        self,
        n: int,
        label: int | Array | None = None,
        seed: int | None = None,
        how: How | None = None,
        source: Array | None = None,
    ) -> Array:
        """Return ``n`` samples, (n, *shape), of sequences a masked array.

        Draws of p(x|z), or its mean; by default the mean for images and a draw for everything else,
        images of a mixture's components among it.
        A model that was given labels makes the class ``label``, or row by row the classes (n,), or
        without one each as often as the training rows have it; one that was given a second data
        set translates the rows of ``source``, over again if they are fewer, or without them those
        of its test part. Without a seed the samples are others every time.
        """
        _check_count(n)
        _check_seed(seed)
        seed = int(np.random.SeedSequence().entropy) if seed is None else seed  # type: ignore[arg-type]
        batch, how = self._given(n, label, source, seed), how or self.usually
        chunks = []
        for start in range(0, n, _CHUNK):
            rows = slice(start, min(start + _CHUNK, n))
            noise = Noise.seeded(rows.stop - start, seed, start)
            part = {name: value[rows] for name, value in batch.items()}
            chunks.append(make(self.model.p, part, noise, how))
        return as_given(self.space, joined(chunks))

    def draw_labels(self, n: int, seed: int) -> Array:
        """Return the labels (n,) that ``sample`` with this seed asks for if it is given none."""
        _check_count(n)
        _check_seed(seed)
        return draw_labels(self.recipe, n, seed)

    def encode(self, x: Observations, label: int | Array | None = None) -> Array:
        """Return the codes of observations, (N, latent_dim): means of q(z|x), float.

        An encoder that was given labels needs them: one for all rows, or (N,). A model that was
        not raises ``Unsupported`` for one, as ``sample`` does.
        """
        self._need("encode", "it has no encoder")
        # The grey pixel is the mean of its own binarisation: encoding draws nothing.
        with torch.set_grad_enabled(self.model.infer is not None):
            batches = self._batches(x, label, torch.float32, self.model.read)
            codes = [self.model.encode(batch) for batch in batches]
        return np.concatenate([code.detach().numpy() for code in codes])

    def cluster(self, x: Array) -> Array:
        """Return the number of each observation's cluster, (N,): the likeliest y at its code.

        A model that seeks no clusters beside its codes raises ``Unsupported``.
        """
        classifier = [factor.network for factor in self.model.q.latents if factor.variable == "y"]
        if not classifier:
            raise Unsupported(f"{self.recipe.model} seeks no clusters; clustering-vae does")
        with torch.no_grad():
            law = classifier[0](torch.from_numpy(self.encode(x)))
        found: Array = law.probs.argmax(1).numpy()
        return found

    def decode(
        self,
        z: Array,
        how: How | None = None,
        label: int | Array | None = None,
        source: Array | None = None,
    ) -> Array:
        """Return the observations that codes (N, latent_dim) stand for, as ``sample`` would."""
        return as_given(self.space, self._decode(z, how, self._given(len(z), label, source, 0)))

    def reconstruct(self, x: Observations, label: int | Array | None = None) -> Array:
        """Return each observation's reconstruction, the mean of p(x|z) at its code.

        A sequence's has the length that is most probable at its code.
        """
        self._need("reconstruct", "it has no encoder")
        return as_given(self.space, self.expected(self.encode(x, label), label))

    def expected(
        self, z: Array, label: int | Array | None = None, mask: Array | None = None
    ) -> Array:
        """Return the means of p(x|z) at codes in model units, (N, *model_shape), not rounded.

        Sequences have the steps that ``mask`` (N, T) says, and without it those of the most
        probable length.
        """
        batch = self._given(len(z), label, None, 0)
        if mask is not None:
            batch = {**batch, "mask": torch.as_tensor(mask, dtype=torch.float32)}
        return self._decode(z, "mean", batch)

    def between(self, start: int, end: int, steps: int) -> Array:
        """Interpolate between test rows ``start`` and ``end``; without an encoder, between draws.

        The draws of p(z) have their numbers as seeds. Where a label is given the way leads from the
        one end's to the other's; where a row of a second data set is, it stays the first end's.
        """
        self._need("interpolate", "it has no latent")
        if steps < 2:
            raise BadInput(f"--steps is {steps}; two ends need at least 2")
        ends = (start, end)
        if min(ends) < 0:
            raise BadInput(f"there is no row or draw {min(ends)}; they are numbered from 0")
        if self.can("encode"):
            test = self.data.test
            for number in ends:
                if number >= len(test):
                    raise BadInput(f"there is no test row {number}; they are 0 to {len(test) - 1}")
            rows = test.take(np.asarray(ends))
            label = self.labels_for(rows.y)
            codes, batch = self.encode(rows.observations, label), self._given(2, label, None, 0)
        else:
            one, other = (self._given(1, None, None, number) for number in ends)
            batch = {name: torch.cat([one[name], other[name]]) for name in one}
            codes = np.concatenate([self._prior_codes(1, number, batch) for number in ends])
        share = torch.linspace(0, 1, steps)
        weights = torch.stack([1 - share, share], 1)
        way = {
            name: value[:1].expand(steps, *value.shape[1:])
            if name == "source"
            else torch.tensordot(weights, value, 1)
            for name, value in batch.items()
        }
        return as_given(self.space, self._decode(_path(codes[0], codes[1], steps), "mean", way))

    def interpolate(self, start: Array, end: Array, steps: int) -> Array:
        """Return the observations on the way between two codes (latent_dim,), ends included."""
        return self.decode(_path(start, end, steps), "mean")

    def prior_codes(self, n: int, seed: int) -> Array:
        """Return ``n`` draws of p(z), (n, latent_dim)."""
        return self._prior_codes(n, seed, self._given(n, None, None, seed))

    def log_likelihood(
        self,
        x: Observations,
        samples: int = 1000,
        seed: int = 0,
        label: int | Array | None = None,
    ) -> tuple[Array, Array]:
        """Estimate log p(x) of each observation by importance sampling: (estimate, error), (N,).

        In nats, in the units of the data; the error is the Monte Carlo error of each estimate with
        ``samples`` draws of z. Rows given as float64 are computed in float64. For a model that was
        given labels it is log p(x|y), and needs them; for sequences it is log p(x, mask), the
        length's mass among it.
        """
        self._need("likelihood", "its densities are not defined")
        if samples < 2:
            raise BadInput(f"samples={samples} gives no error to state; give at least 2")
        _check_seed(seed)
        model, batches = self.scoring(x, label)
        return log_likelihood(model.q, model.p, batches, samples, seed)

    def scoring(
        self, x: Observations, label: int | Array | None = None
    ) -> tuple[Model, Iterator[Batch]]:
        """Return the model and the rows in one precision: float64 for float64 rows."""
        if parted(x)[0].dtype != np.float64:
            return self.model, self._batches(x, label, torch.float32, self.model.observed)
        model = copy.deepcopy(self.model)
        for network in model.networks.values():
            network.double()
        return model, self._batches(x, label, torch.float64, self.model.observed)

    def evaluate(
        self, announce: Announce = quietly, features: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Measure the run on its test part, write ``evaluation.json`` and return what it holds.

        ``announce`` is told what is being done. Samples are compared with real rows in the first of
        ``features``, and in the others besides: "pixels" (of images) or "values", "classifier",
        "imagenet", the name of an ONNX file; without any, as the data allow.
        """
        return evaluate_run(self, announce, features)

    def _batches(
        self,
        x: Observations,
        label: int | Array | None,
        dtype: torch.dtype,
        needed: tuple[str, ...],
    ) -> Iterator[Batch]:
        x, mask = self._checked(x)
        batch: Batch = {}
        if label is None and "y" in needed:
            raise BadInput(
                f"{self.recipe.model} reads an observation with its label: give label=, or data "
                "with labels"
            )
        if label is not None:
            self._need_labels(label, "read")
            batch = given(self.recipe, check_labels(self.recipe, label, len(x)), None)
        if mask is not None:
            batch = {**batch, "mask": torch.from_numpy(mask)}
        for start in range(0, len(x), _CHUNK):
            rows = slice(start, start + _CHUNK)
            exists = None if mask is None else mask[rows]
            values = torch.from_numpy(self.space.to_model(x[rows], exists)).to(dtype)
            yield {"x": values} | {name: value[rows].to(dtype) for name, value in batch.items()}

    def _checked(self, x: Observations) -> tuple[Array, Array | None]:
        """Return rows that the model was made for, sequences with as much padding as it knows."""
        rows, mask = parted(x)
        if self.space.sequence and mask is None:
            raise BadInput(
                f"{self.recipe.model} needs to know which steps exist; give a masked array, or a "
                'dictionary {"x", "mask"}'
            )
        if self.space.sequence and mask is not None:
            exists = check_mask(mask, rows, "the data")
            rows, mask = fitted(rows, exists, self.space.shape[0])
        self.space.check(rows, mask)
        return rows, mask

    def _given(self, n: int, label: int | Array | None, source: Array | None, seed: int) -> Batch:
        """Return what p is to be given for n rows; what it cannot be given is refused."""
        names, recipe = self.model.given, self.recipe
        if label is not None:
            self._need_labels(label, "sample")
        if source is not None and "source" not in names:
            raise Unsupported(f"{recipe.model} translates nothing: it was given one data set")
        classes, rows = None, None
        if "y" in names:
            asked = self.draw_labels(n, seed) if label is None else label
            classes = check_labels(recipe, asked, n)
        if "source" in names:
            if source is None:
                assert self.data.source is not None
                source = self.data.source.test.x
            rows = repeated(source, n)
        return given(recipe, classes, rows)

    def _prior_codes(self, n: int, seed: int, batch: Batch) -> Array:
        with torch.no_grad():
            trace = self.model.p.trace(batch, Noise.seeded(n, seed), "z")
        return trace.values["z"].numpy()

    def _decode(self, z: Array, how: How | None, batch: Batch) -> Array:
        wide = self.recipe.settings["latent_dim"]
        if z.ndim != 2 or z.shape[1] != wide:
            raise BadInput(f"codes of shape {z.shape} cannot be decoded; they are (N, {wide})")
        decoder = self.model.p.given("z")
        if "mask" in batch:
            decoder = decoder.given("mask")
        chunks = []
        for start in range(0, len(z), _CHUNK):
            rows = slice(start, start + _CHUNK)
            codes = torch.as_tensor(z[rows], dtype=torch.float32)
            part = {name: value[rows] for name, value in batch.items()} | {"z": codes}
            noise = Noise.seeded(len(codes), 0, start)
            chunks.append(make(decoder, part, noise, how or self.usually))
        return joined(chunks)

    def _need_labels(self, label: int | Array, verb: str) -> None:
        if "y" not in self.model.observed:
            raise Unsupported(
                f"{self.recipe.model} cannot {verb} label {shortened(label)}: it was not given "
                "labels"
            )

    def _need(self, capability: str, why: str) -> None:
        if not self.can(capability):
            raise Unsupported(f"{self.recipe.model} cannot {_VERBS[capability]}: {why}")


_VERBS = {
    "encode": "encode",
    "reconstruct": "reconstruct",
    "interpolate": "interpolate",
    "likelihood": "state a likelihood",
}


def _path(start: Array, end: Array, steps: int) -> Array:
    """Return the codes on the straight line between two, ends included, (steps, latent_dim)."""
    share = np.linspace(0, 1, steps)[:, None]
    found: Array = (1 - share) * start + share * end
    return found


def _check_count(n: int) -> None:
    if n < 1:
        raise BadInput(f"{n} samples cannot be drawn; give a number above 0")


def _check_seed(seed: int | None) -> None:
    if seed is not None and seed < 0:
        raise BadInput(f"the seed is {seed}; give a whole number from 0 up")


def load_weights(recipe: Recipe, networks: Mapping[str, nn.Module], folder: Folder) -> Model:
    """Build the recipe's model, in evaluation mode, with the weights of ``model.safetensors``."""
    with torch.random.fork_rng(devices=[]):
        model = recipe.entry.build(recipe.outline, recipe.chosen, networks)
    tensors, _ = folder.read_tensors(folder.model)
    try:
        fill(model.networks, tensors)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise BadInput(f"{folder.model} does not fit the recipe's networks: {reason}") from None
    for network in model.networks.values():
        network.eval()
    return model


def fill(networks: Mapping[str, nn.Module], tensors: Mapping[str, Tensor]) -> None:
    """Give networks the tensors that stand under their names, ``name/parameter``."""
    for name, network in networks.items():
        prefix = f"{name}/"
        own = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        network.load_state_dict(own)
