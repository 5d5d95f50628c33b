"""The settings of a model: names, types, ranges, defaults.

One class per family of models. Every field can be given as ``--set name=value`` on the command line
and as a keyword in Python, and stands resolved in the recipe; what was not given and depends on the
data is what ``defaults`` returns.
"""

from __future__ import annotations

from math import sqrt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kullback.data.outline import Outline
from kullback.data.space import Space
from kullback.errors import BadInput


def _no_switch(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number is wanted, not true or false")
    return value


Number = Annotated[float, BeforeValidator(_no_switch), Field(allow_inf_nan=False)]
Size = Annotated[int, BeforeValidator(_no_switch), Field(gt=0)]
Rate = Annotated[Number, Field(gt=0)]
Likelihood = Literal["bernoulli", "gaussian", "discretised-logistic", "categorical"]

_FULL_COVARIANCE = 64
_ALIKE = 64  # values of an image that say about as much as one on its own
_LIKELIHOODS: dict[str, Likelihood] = {
    "binary": "bernoulli",
    "uint8": "discretised-logistic",
    "real": "gaussian",
    "token": "categorical",
}
_KINDS = {
    "bernoulli": ("binary", "uint8"),
    "discretised-logistic": ("uint8",),
    "categorical": ("uint8", "token"),
    "gaussian": ("binary", "uint8", "real"),
}
_WORDS = {"binary": "zeros and ones", "uint8": "8-bit values", "real": "reals", "token": "tokens"}


class Settings(BaseModel):
    """What every model has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    latent_dim: Size | None = Field(None, description="dimensions of the latent z")

    def defaults(self, outline: Outline, rate: float) -> dict[str, Any]:
        """Return by these data what was not given, ``lr`` by the model's own ``rate``.

        Raises ``BadInput`` if what was given does not fit the data or the rest.
        """
        return {}


class Mixture(Settings):
    """Mixtures of Gaussians, of ``latent_dim`` components."""

    latent_dim: Size | None = Field(None, description="number of components")
    covariance: Literal["full", "diagonal"] | None = Field(
        None, description="of each component: by default full up to 64 features, diagonal beyond"
    )

    def defaults(self, outline: Outline, rate: float) -> dict[str, Any]:
        found = super().defaults(outline, rate)
        if self.covariance is None:
            few = outline.space.features <= _FULL_COVARIANCE
            found["covariance"] = "full" if few else "diagonal"
        return found


class Learned(Settings):
    """Models of networks that learn by gradient steps."""

    hidden: list[Size] | None = Field(
        None,
        description="widths of the hidden layers; [] makes the networks affine; not given, images "
        "of more than 800 values get convolutions, everything else two layers",
    )
    lr: Rate | None = Field(
        None,
        description="the first learning rate, which falls to 0 as a cosine; not given, .002, or "
        "what the model is known to bear, .005 for most VAEs; for affine networks of D features "
        "the smaller of .03 and .3/√D",
    )
    clip: Rate | None = Field(None, description="largest norm of each player's gradient")

    def defaults(self, outline: Outline, rate: float) -> dict[str, Any]:
        found = super().defaults(outline, rate)
        if self.lr is None:
            found["lr"] = rate if self.hidden != [] else _affine_rate(outline.space.features)
        return found


class Explicit(Learned):
    """Models whose decoder has a density."""

    likelihood: Likelihood | None = Field(
        None,
        description="p(x|z): by default bernoulli for zeros and ones, discretised-logistic for "
        "8-bit values, gaussian for other numbers",
    )
    scale: Rate | None = Field(
        None,
        description="standard deviation of a gaussian likelihood in model units (1 = a pixel's "
        "range, or the data's standard deviation); learned if not given",
    )

    def defaults(self, outline: Outline, rate: float) -> dict[str, Any]:
        found = super().defaults(outline, rate)
        likelihood = self.likelihood or _LIKELIHOODS[outline.space.kind]
        _check_likelihood(likelihood, self.scale, outline.space)
        if self.likelihood is None:
            found["likelihood"] = likelihood
        return found


class Variational(Explicit):
    """Models with a likelihood and an encoder that is a distribution."""

    beta: Annotated[Number, Field(ge=0)] = Field(
        1.0, description="weight of the KL term; the bound on log p(x) is at 1"
    )


class Conditional(Explicit):
    """Models with a likelihood, an encoder, and a label that is given."""

    beta: Annotated[Number, Field(ge=0)] | None = Field(
        None,
        description="weight of the KL term; the bound on log p(x|y) is at 1. Not given, 1, but for "
        "images of D > 64 values D/64: a decoder of independent pixels counts what neighbours have "
        "in common many times, and its codes then leave most of the prior empty",
    )

    def defaults(self, outline: Outline, rate: float) -> dict[str, Any]:
        found = super().defaults(outline, rate)
        if self.beta is None:
            space = outline.space
            found["beta"] = max(1.0, space.features / _ALIKE) if space.is_image else 1.0
        return found


class Adversarial(Learned):
    """Models with a critic."""

    critic_lr: Rate = Field(2e-3, description="the critic's first learning rate")
    moves: Size = Field(1, description="the critic's moves for one move of the model")


class Generating(Adversarial):
    """Generators without an encoder."""

    ema: Annotated[Number, Field(ge=0, lt=1)] = Field(
        0.999, description="decay of the averaged generator that sampling uses"
    )


class Regularised(Generating):
    """Generators whose critic is kept flat on the data."""

    r1: Annotated[Number, Field(ge=0)] = Field(
        1.0, description="weight γ of the critic's squared slope on the data, γ/2 E‖∇D‖²; 0: none"
    )


class FromObservations(Regularised):
    """Generators that are given a row of a second data set."""

    hidden: list[Size] | None = Field(
        None,
        description="widths of the hidden layers; [] makes the networks affine; not given, a "
        "generator from pictures to pictures of the same sides is of convolutions whatever their "
        "size, with what was seen at each scale beside; of the other networks, those of images of "
        "more than 800 values get convolutions, everything else two layers",
    )


class Penalised(Generating):
    """Generators whose critic has a gradient penalty."""

    moves: Size = Field(5, description="the critic's moves for one move of the model")
    penalty: Rate = Field(
        1.0,
        description="weight λ of the gradient penalty; the best critic is steeper than one by θ/2λ "
        "at points that are θ apart",
    )


class AdversarialAutoencoder(Adversarial):
    """Autoencoders whose codes are compared with the prior by a critic."""

    scale: Rate = Field(
        1.0,
        description="fixed standard deviation of the decoder in model units; smaller weighs "
        "reconstruction more against the game on the codes",
    )


def _check_likelihood(likelihood: Likelihood, scale: float | None, space: Space) -> None:
    if space.kind not in _KINDS[likelihood]:
        wanted = " or ".join(_WORDS[kind] for kind in _KINDS[likelihood])
        raise BadInput(
            f"likelihood={likelihood} is for {wanted}; these data are {_WORDS[space.kind]}"
        )
    if scale is not None and likelihood != "gaussian":
        raise BadInput(f"scale={scale:g} belongs to likelihood=gaussian, not {likelihood}")


def _affine_rate(features: int) -> float:
    """Affine networks have one valley and a long way to go in it: they bear larger steps."""
    return round(min(0.03, 0.3 / sqrt(features)), 6)
