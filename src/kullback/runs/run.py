"""A finished or interrupted training, opened: samples, codes, reconstructions, numbers.

NumPy in, NumPy out, in the type and range of the data as given.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kullback.data import Dataset
from kullback.data import load as load_data
from kullback.distributions import Noise
from kullback.errors import BadInput, Unsupported
from kullback.evaluation import log_likelihood
from kullback.models.model import Model
from kullback.objectives import Batch, Joint
from kullback.runs.evaluate import evaluate_run
from kullback.runs.folder import Folder
from kullback.runs.recipe import Recipe

if TYPE_CHECKING:
    from torch import nn

Array = npt.NDArray[Any]
How = Literal["mean", "draw"]
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
        return load_training_data(self.recipe, self.folder)

    @property
    def formula(self) -> str:
        """What the training minimised, with its settings."""
        return str(self.model.objective)

    def can(self, capability: str) -> bool:
        """Say whether the model can sample, encode, reconstruct, interpolate, or has likelihood."""
        return capability in self.recipe.entry.capabilities

    def metrics(self) -> list[dict[str, Any]]:
        """Return the reports of the training, in order."""
        return self.folder.metrics()

    def sample(
        self,
        n: int,
        label: int | None = None,
        seed: int | None = None,
        how: How | None = None,
    ) -> Array:
        """Return ``n`` samples, (n, *shape).

        Draws of p(x|z), or its mean; by default the mean for images and a draw for everything else.
        Without a seed they are other samples every time.
        """
        self._refuse_label(label)
        if n < 1:
            raise BadInput(f"{n} samples cannot be drawn; give a number above 0")
        _check_seed(seed)
        seed = int(np.random.SeedSequence().entropy) if seed is None else seed  # type: ignore[arg-type]
        chunks = []
        for start in range(0, n, _CHUNK):
            noise = Noise.seeded(min(_CHUNK, n - start), seed, start)
            with torch.no_grad():
                chunks.append(self._values(self.model.p, {}, noise, how))
        return self.space.to_data(np.concatenate(chunks))

    def encode(self, x: Array) -> Array:
        """Return the codes of observations, (N, latent_dim): means of q(z|x), float."""
        self._need("encode", "it has no encoder")
        return np.concatenate([self._code(batch).numpy() for batch in self._batches(x)])

    def decode(self, z: Array, how: How | None = None) -> Array:
        """Return the observations that codes (N, latent_dim) stand for, as ``sample`` would."""
        return self.space.to_data(self._decode(z, how))

    def reconstruct(self, x: Array) -> Array:
        """Return each observation's reconstruction, the mean of p(x|z) at its code."""
        self._need("reconstruct", "it has no encoder")
        return self.space.to_data(self.expected(self.encode(x)))

    def expected(self, z: Array) -> Array:
        """Return the means of p(x|z) at codes in model units, (N, *model_shape), not rounded."""
        return self._decode(z, "mean")

    def interpolate(self, start: Array, end: Array, steps: int) -> Array:
        """Return the observations on the way between two codes (latent_dim,), ends included."""
        share = np.linspace(0, 1, steps)[:, None]
        return self.decode((1 - share) * start + share * end, "mean")

    def between(self, start: int, end: int, steps: int) -> Array:
        """Interpolate between test rows ``start`` and ``end``; without an encoder, between draws.

        The draws of p(z) have their numbers as seeds.
        """
        if steps < 2:
            raise BadInput(f"--steps is {steps}; two ends need at least 2")
        ends = (start, end)
        if min(ends) < 0:
            raise BadInput(f"there is no row or draw {min(ends)}; they are numbered from 0")
        if not self.can("encode"):
            codes = [self.prior_codes(1, number)[0] for number in ends]
            return self.interpolate(codes[0], codes[1], steps)
        test = self.data.test.x
        for number in ends:
            if number >= len(test):
                raise BadInput(f"there is no test row {number}; they are 0 to {len(test) - 1}")
        codes = list(self.encode(test[list(ends)]))
        return self.interpolate(codes[0], codes[1], steps)

    def prior_codes(self, n: int, seed: int) -> Array:
        """Return ``n`` draws of p(z), (n, latent_dim)."""
        with torch.no_grad():
            trace = self.model.p.trace({}, Noise.seeded(n, seed), "z")
        return trace.values["z"].numpy()

    def log_likelihood(self, x: Array, samples: int = 1000, seed: int = 0) -> tuple[Array, Array]:
        """Estimate log p(x) of each observation by importance sampling: (estimate, error), (N,).

        In nats, in the units of the data; the error is the Monte Carlo error of each estimate with
        ``samples`` draws of z. Rows given as float64 are computed in float64.
        """
        self._need("likelihood", "its densities are not defined")
        if samples < 2:
            raise BadInput(f"samples={samples} gives no error to state; give at least 2")
        _check_seed(seed)
        model, batches = self.scoring(x)
        return log_likelihood(model.q, model.p, batches, samples, seed)

    def scoring(self, x: Array) -> tuple[Model, Iterator[Batch]]:
        """Return the model and the rows in one precision: float64 for float64 rows."""
        if np.asarray(x).dtype != np.float64:
            return self.model, self._batches(x)
        model = copy.deepcopy(self.model)
        for network in model.networks.values():
            network.double()
        return model, self._batches(x)

    def evaluate(self) -> dict[str, Any]:
        """Measure the run on its test part, write ``evaluation.json`` and return what it holds."""
        return evaluate_run(self)

    def _batches(self, x: Array) -> Iterator[Batch]:
        x = np.asarray(x)
        self.space.check(x)
        kept = torch.float64 if x.dtype == np.float64 else torch.float32
        for start in range(0, len(x), _CHUNK):
            yield {"x": torch.from_numpy(self.space.to_model(x[start : start + _CHUNK])).to(kept)}

    def _code(self, batch: Batch) -> Tensor:
        with torch.no_grad():
            # The grey pixel is the mean of its own binarisation: encoding draws nothing.
            (encoder,) = [factor.network for factor in self.model.q.latents]
            return self.model.code(encoder(batch["x"].float()))

    def _decode(self, z: Array, how: How | None) -> Array:
        wide = self.recipe.settings["latent_dim"]
        if z.ndim != 2 or z.shape[1] != wide:
            raise BadInput(f"codes of shape {z.shape} cannot be decoded; they are (N, {wide})")
        decoder = self.model.p.given("z")
        chunks = []
        for start in range(0, len(z), _CHUNK):
            codes = torch.as_tensor(z[start : start + _CHUNK], dtype=torch.float32)
            with torch.no_grad():
                chunks.append(
                    self._values(decoder, {"z": codes}, Noise.seeded(len(codes), 0, start), how)
                )
        return np.concatenate(chunks)

    def _values(self, p: Joint, given: Batch, noise: Noise, how: How | None) -> Array:
        how = how or ("mean" if self.space.is_image else "draw")
        trace = p.trace(given, noise, "x")
        value = trace.distributions["x"].mean if how == "mean" else trace.values["x"]
        return value.numpy()

    def _need(self, capability: str, why: str) -> None:
        if not self.can(capability):
            raise Unsupported(f"{self.recipe.model} cannot {_VERBS[capability]}: {why}")

    def _refuse_label(self, label: int | None) -> None:
        if label is not None:
            raise Unsupported(
                f"{self.recipe.model} cannot sample label {label}: it was not given labels"
            )


_VERBS = {
    "encode": "encode",
    "reconstruct": "reconstruct",
    "likelihood": "state a likelihood",
}


def _check_seed(seed: int | None) -> None:
    if seed is not None and seed < 0:
        raise BadInput(f"the seed is {seed}; give a whole number from 0 up")


def load_training_data(recipe: Recipe, folder: Folder) -> Dataset:
    """Read the data that a recipe names, split as it says; ``BadInput`` if they have changed."""
    source = recipe.data.source or folder.data
    dataset = load_data(source, split_seed=recipe.data.split_seed, strict=recipe.data.strict)
    if dataset.fingerprint != recipe.data.fingerprint:
        raise BadInput(
            f"{source} is not what it was when {folder.path} was trained (its fingerprint differs)"
        )
    return replace(dataset, name=recipe.data.name)


def load_weights(recipe: Recipe, networks: Mapping[str, nn.Module], folder: Folder) -> Model:
    """Build the recipe's model, in evaluation mode, with the weights of ``model.safetensors``."""
    model = recipe.entry.build(recipe.space, recipe.chosen, networks)
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
