"""The catalogue: one visible table of everything that can be trained.

It imports neither torch nor the models, so that it can be listed, and a recipe checked and written,
at once; ``Entry.build`` imports the model's function when it is needed.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from kullback.data.space import Space
from kullback.errors import BadInput
from kullback.models import settings as s
from kullback.names import nearest

if TYPE_CHECKING:
    from torch import nn

    from kullback.models.model import Model


@dataclass(frozen=True)
class Entry:
    """A model of the catalogue.

    ``function`` is where its function lives, ``latent`` gives the default latent dimension from the
    number of features and whether the data are images; ``steps``, ``batch_size`` and ``betas``
    (Adam's) are the defaults of its training. ``capabilities`` says what a trained one can do.
    """

    name: str
    family: str
    summary: str
    formula: str
    reference: str
    function: str
    settings: type[s.Settings]
    latent: Callable[[int, bool], int]
    capabilities: tuple[str, ...]
    steps: int
    batch_size: int = 128
    betas: tuple[float, float] = (0.9, 0.999)
    recommended: bool = False

    def resolve(self, chosen: s.Settings, space: Space) -> s.Settings:
        """Fill in what follows from the data; what does not fit them raises ``BadInput``."""
        found: dict[str, Any] = {}
        if chosen.latent_dim is None:
            found["latent_dim"] = self.latent(space.features, space.is_image)
        if isinstance(chosen, s.Variational):
            found["likelihood"] = chosen.likelihood or _LIKELIHOODS[space.kind]
            _check_likelihood(found["likelihood"], chosen.scale, space)
        if isinstance(chosen, s.Learned) and chosen.lr is None:
            found["lr"] = _rate(chosen.hidden, space.features)
        resolved = chosen.model_copy(update=found)
        if self.name == "pca" and not 0 < (resolved.latent_dim or 0) < space.features:
            raise BadInput(
                f"pca: latent_dim={resolved.latent_dim} must be less than the data's "
                f"{space.features} features and at least 1"
            )
        return resolved

    def build(self, space: Space, settings: s.Settings, bodies: Mapping[str, nn.Module]) -> Model:
        """Make the model, with random weights, for data of one space."""
        module, _, name = self.function.partition(":")
        function = getattr(importlib.import_module(module), name)
        known = inspect.signature(function).parameters
        wanted = {k: v for k, v in settings.model_dump().items() if k in known}
        networks = [k for k, p in known.items() if p.default is None]
        for body in bodies:
            if body not in networks:
                raise BadInput(f"{self.name} has no network called {body}{nearest(body, networks)}")
        model: Model = function(space, **wanted, **bodies)
        if bodies:
            from kullback.models.model import check_shapes

            check_shapes(model, space, wanted["latent_dim"])
        return model


_LIKELIHOODS = {"binary": "bernoulli", "uint8": "discretised-logistic", "real": "gaussian"}


def _check_likelihood(likelihood: str, scale: float | None, space: Space) -> None:
    needs_levels = likelihood in ("discretised-logistic", "categorical")
    if needs_levels and space.kind != "uint8":
        raise BadInput(f"likelihood={likelihood} is for 8-bit values; these data are {space.kind}")
    if likelihood == "bernoulli" and not space.bounded:
        raise BadInput("likelihood=bernoulli is for zeros and ones or 8-bit values; these are real")
    if scale is not None and likelihood != "gaussian":
        raise BadInput(f"scale={scale:g} belongs to likelihood=gaussian, not {likelihood}")


def _rate(hidden: list[int] | None, features: int) -> float:
    """Affine networks have one valley and a long way to go in it: they bear larger steps."""
    return round(min(0.03, 0.3 / sqrt(features)), 6) if hidden == [] else 2e-3


def _half(features: int, image: bool) -> int:
    return min(16, max(1, features // 2))


def _whole(features: int, image: bool) -> int:
    return min(16, features)


def _generator(features: int, image: bool) -> int:
    return 64 if image else min(64, features)


_EXPLICIT = ("sample", "encode", "reconstruct", "interpolate", "likelihood")
_AUTOENCODER = ("sample", "encode", "reconstruct", "interpolate")
_IMPLICIT = ("sample", "interpolate")

_TABLE = (
    Entry(
        name="pca",
        family="autoencoder",
        summary="The linear autoencoder, and the linear VAE, solved exactly.",
        formula="min  KL( data(x) q(z|x) ‖ p(z) p(x|z) )",
        reference="Tipping & Bishop 1999, J. R. Stat. Soc. B 61(3)",
        function="kullback.models.autoencoders:pca",
        settings=s.Settings,
        latent=_half,
        capabilities=_EXPLICIT,
        steps=1,
    ),
    Entry(
        name="ae",
        family="autoencoder",
        summary="Compress and reconstruct; samples come from a Gaussian fitted to the codes.",
        formula="min  E_q −log p(x|z),  q = data(x) q(z|x),  p = p(z) p(x|z)\np(z) fitted to q(z)",
        reference="Hinton & Salakhutdinov 2006, Science 313",
        function="kullback.models.autoencoders:ae",
        settings=s.Learned,
        latent=_half,
        capabilities=_AUTOENCODER,
        steps=4000,
    ),
    Entry(
        name="vae",
        family="autoencoder",
        summary="Maximise a lower bound of log p(x); covers the data.",
        formula="min  KL( data(x) q(z|x) ‖ p(z) p(x|z) )",
        reference="Kingma & Welling 2014, arXiv 1312.6114",
        function="kullback.models.autoencoders:vae",
        settings=s.Variational,
        latent=_whole,
        capabilities=_EXPLICIT,
        steps=4000,
        recommended=True,
    ),
    Entry(
        name="gan",
        family="adversarial",
        summary="A generator against a critic, by the non-saturating loss.",
        formula="game on (x),  q = data(x),  p = ∫ p(z) p(x|z) dz:"
        "  critic min −E_q log D − E_p log(1−D) + 0.5·E_q‖∇D‖²;  p min −E_p log P(q)",
        reference="Goodfellow et al. 2014, arXiv 1406.2661; R1: Mescheder et al. 2018, 1801.04406",
        function="kullback.models.adversarial:gan",
        settings=s.Regularised,
        latent=_generator,
        capabilities=_IMPLICIT,
        steps=6000,
        betas=(0.5, 0.99),
    ),
    Entry(
        name="wgan-gp",
        family="adversarial",
        summary="A critic with unit slope, whose loss is an estimate of a distance.",
        formula="game on (x),  q = data(x),  p = ∫ p(z) p(x|z) dz:"
        "  critic min E_p D − E_q D + 1·E(‖∇D(x̂)‖−1)²;  p min −E_p D towards q",
        reference="Gulrajani et al. 2017, arXiv 1704.00028 (there λ = 10, Adam 1e-4)",
        function="kullback.models.adversarial:wgan_gp",
        settings=s.Penalised,
        latent=_generator,
        capabilities=_IMPLICIT,
        steps=3000,
        betas=(0.0, 0.9),
    ),
    Entry(
        name="aae",
        family="between",
        summary="An autoencoder whose codes are made to look like the prior by a critic.",
        formula="min  E_q −log p(x|z),  q = data(x) q(z|x),  p = p(z) p(x|z)\n"
        "game on (z),  q = ∫ data(x) q(z|x) dx,  p = p(z):"
        "  critic min −E_q log D − E_p log(1−D);  q min −E_q log P(p)",
        reference="Makhzani et al. 2016, arXiv 1511.05644",
        function="kullback.models.between:aae",
        settings=s.AdversarialAutoencoder,
        latent=_half,
        capabilities=_AUTOENCODER,
        steps=4000,
        betas=(0.5, 0.999),
    ),
)

CATALOGUE: dict[str, Entry] = {entry.name: entry for entry in _TABLE}


def find(name: str) -> Entry:
    """Return the entry of that name; an unknown one raises ``BadInput`` with the nearest."""
    if name not in CATALOGUE:
        raise BadInput(f"no model is called {name!r}{nearest(name, CATALOGUE)}")
    return CATALOGUE[name]
