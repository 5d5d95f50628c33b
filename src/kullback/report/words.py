"""What a stranger needs to be told: names, units and numbers in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any

from kullback.objectives import Data, Joint

if TYPE_CHECKING:
    from kullback.models.model import Model

_MOST_DECIMALS = 6


@dataclass(frozen=True)
class Word:
    """A metric in words; ``needs`` is the capability without which it has no meaning."""

    title: str
    meaning: str
    needs: str = "sample"


METRICS = {
    "nll": Word(
        "negative log-likelihood",
        "−log p(x) of held-out data: how surprised the model is; lower is better",
        "likelihood",
    ),
    "elbo": Word(
        "ELBO", "a lower bound of log p(x) of held-out data; higher is better", "likelihood"
    ),
    "bits_per_dim": Word(
        "bits per dimension",
        "the negative log-likelihood in bits for each value of a row; lower is better",
        "likelihood",
    ),
    "reconstruction_mse": Word(
        "reconstruction error",
        "mean squared error of held-out data, encoded and decoded again; lower is better",
        "reconstruct",
    ),
    "modes": Word("modes found", "modes, or classes, that samples reach; higher is better"),
    "high_quality": Word(
        "high quality",
        "share of samples that clearly belong to one mode or class; higher is better",
    ),
    "reverse_kl": Word(
        "imbalance of modes",
        "KL divergence of the samples' shares of the modes from the true ones; lower is better",
    ),
    "frechet": Word(
        "Fréchet distance",
        "between Gaussians fitted to features of samples and of held-out data; lower is better",
    ),
    "kid": Word(
        "kernel distance",
        "KID, between features of samples and of held-out data, 0 on the mean for equal laws; "
        "lower is better",
    ),
    "precision": Word(
        "precision", "share of samples that lie where real rows lie; higher is better"
    ),
    "recall": Word("recall", "share of held-out rows that lie where samples lie; higher is better"),
    "density": Word(
        "density",
        "how densely real rows surround a sample, 1 for real ones; higher is better",
    ),
    "coverage": Word(
        "coverage", "share of held-out rows with a sample among their neighbours; higher is better"
    ),
    "sharpness": Word(
        "sharpness", "fine detail of samples relative to held-out images; 1 is right"
    ),
    "c2st": Word(
        "told from real",
        "how often a fresh classifier tells a sample from a held-out row; ½ is chance, lower is "
        "better",
    ),
    "copy_rate": Word(
        "copies", "share of samples that are copies of training rows; lower is better"
    ),
    "active_units": Word(
        "latent dimensions in use", "dimensions of the code that depend on the row", "encode"
    ),
    "prior_c2st": Word(
        "codes told from the prior",
        "how often a fresh classifier tells a held-out row's code from a draw of the prior; ½ is "
        "chance, lower is better",
        "encode",
    ),
    "label_probe": Word(
        "labels read in codes",
        "share of held-out labels that a linear classifier reads in the codes",
        "encode",
    ),
    "label_accuracy": Word(
        "label accuracy",
        "share of samples that show the class that was asked for, or that the translated row has; "
        "higher is better",
    ),
}

ROLES = {
    "q(z": "encoder",
    "q(source": "inverse generator",
    "p(z": "prior",
    "p(mask": "law of length",
    "D(source)": "critic of source",
    "D(": "critic",
    "C(": "classifier",
}


def title_of(metric: str) -> str:
    """Return a metric's name in words."""
    return METRICS[metric].title if metric in METRICS else metric.replace("_", " ")


def meaning(metric: str, labelled: Collection[bool]) -> str:
    """Say what a metric is, of models of which each was given labels or was not.

    What is said of p(x) is of p(x|y) for those that were.
    """
    text = METRICS[metric].meaning if metric in METRICS else ""
    if not any(labelled):
        return text
    given = "p(x|y)" if all(labelled) else "p(x), of p(x|y) where labels are given,"
    return text.replace("p(x)", given)


def why_absent(metric: str, model: str, capabilities: tuple[str, ...]) -> str:
    """Say why an evaluation does not hold a metric."""
    needs = METRICS[metric].needs if metric in METRICS else "sample"
    if needs in capabilities:
        return f"not measured for {model} on these data"
    lacks = {"likelihood": "states no likelihood"}.get(needs, "has no encoder")
    return f"has no meaning for {model}: it {lacks}"


def role(network: str, encodes: bool) -> str:
    """Return what a network is called, by the factor it stands for, e.g. q(z|x, y)."""
    if network.startswith("p(x|"):
        return "decoder" if encodes else "generator"
    return next((role for start, role in ROLES.items() if network.startswith(start)), network)


def term(name: str, model: Model, settings: Mapping[str, Any]) -> tuple[str, str]:
    """Return a loss term's title and unit.

    Terms are named kind_variables; those of a divergence from the model side end in ``_p``.
    """
    kind = next((kind for kind in _KINDS if name == kind or name.startswith(f"{kind}_")), None)
    variables = name.removeprefix(f"{kind}_").split("_")
    q, p = model.q, model.p
    side = variables.pop() if len(variables) > 1 and variables[-1] in ("q", "p") else None
    if side == "p" and kind in ("nll", "kl"):
        q, p = p, q
    first = variables[0]
    match kind:
        case "nll":
            return _error(q, p, first), "nats"
        case "kl":
            weight = "" if side else _weight(first, settings)
            return f"{weight}KL( {_factor(q, first)} ‖ {_factor(p, first)} )", "nats"
        case "critic":
            return f"the critic's loss, comparing {_compared(variables, q, p)}", "loss"
        case "logit":
            return (
                "the critic's mean logit on the data side, if it is the best its divergence from "
                f"the model side, comparing {_compared(variables, q, p)}",
                "nats",
            )
        case "adversarial":
            who = {"q": "the encoder's", "p": "the generator's", None: "the model's"}[side]
            return f"{who} loss against the critic, by {_compared(variables, q, p)}", "loss"
        case "r1" | "r2":
            rows = "data" if _is_data(q if kind == "r1" else p, first) else "samples"
            return f"penalty on the critic's slope at {rows} ({kind.upper()})", "loss"
        case "match":
            return f"distance between q({first}) and p({first})", "loss"
        case "mean" | "log_variance":
            size = kind.replace("_", "-")
            return f"size of the {size}s of {_factor(q, first)}", "nats"
        case "features" | "means":
            what = "reconstruction in the" if kind == "features" else "distance between mean"
            return f"{what} features of {_SEEING[first]}", "loss"
    return _PLAIN.get(kind or "", (name.replace("_", " "), "loss"))


_PLAIN = {
    "iwae": ("importance-weighted bound, −log of the weights' mean", "nats"),
    "gradient_penalty": ("penalty on slopes of the critic other than 1", "loss"),
    "proximal": ("distance from the lagged generator's samples", "loss"),
}
_KINDS = (
    *(
        "nll",
        "kl",
        "critic",
        "logit",
        "adversarial",
        "r1",
        "r2",
        "match",
        "means",
        "mean",
        "log_variance",
    ),
    *("features", *_PLAIN),
)
_SEEING = {"D": "the critic", "C": "the classifier"}


def _weight(variable: str, settings: Mapping[str, Any]) -> str:
    beta = settings.get("beta", 1)
    if variable != "z" or beta == 1:
        return ""
    return f"up to {beta:g} · " if settings.get("warm_up") else f"{beta:g} · "


def _factor(joint: Joint, variable: str) -> str:
    """Return how a joint's factor prints, its conditions included."""
    return joint.text(joint[variable])


def _error(q: Joint, p: Joint, variable: str) -> str:
    """Name an observation's −log p: a reconstruction where it is scored from what it became."""
    factor = next((f for f in p.latents if f.variable == variable), None)
    if factor is None:
        return "the classifier's error on labels"
    if variable == "mask":
        return f"length, −log {p.text(factor)}"
    again = any(q.depends(condition, on=variable) for condition in factor.conditions)
    return f"{'reconstruction' if again else 'error'}, −log {p.text(factor)}"


def _is_data(joint: Joint, variable: str) -> bool:
    return any(isinstance(f, Data) and f.variable == variable for f in joint.factors)


def _compared(variables: list[str], q: Joint, p: Joint) -> str:
    """Say what a critic compares, and given what: data on both sides is a condition."""
    given = [v for v in variables if _is_data(q, v) and _is_data(p, v)]
    free = [v for v in variables if v not in given]
    return " and ".join(free) + (f" given {' and '.join(given)}" if given else "")


def measured(value: float, stderr: float | None) -> str:
    """Return value ± standard error, both to the error's second digit."""
    if not stderr:
        return number(value)
    places = 1 - floor(log10(stderr))
    if places > _MOST_DECIMALS:
        return f"{value:.4g} ± {stderr:.2g}".replace("-", "−")
    places = max(0, places)
    return f"{_signed(value, places)} ± {_signed(stderr, places)}"


def number(value: float) -> str:
    """Return a number with four digits, whole ones whole."""
    if not isfinite(value):
        return "not finite"
    if value == round(value) and abs(value) < 1e15:
        return _signed(value, 0)
    if 1e-3 <= abs(value) < 1e5:
        return _signed(value, max(0, 3 - floor(log10(abs(value)))))
    return f"{value:.3g}".replace("-", "−")


def grounds(evidence: Mapping[str, Any]) -> str:
    """Return a verdict's figures, each that is finite with the bound that it was held against."""
    bounds = evidence["thresholds"]
    return "; ".join(
        f"{name.replace('_', ' ')} {_plain(value)}"
        + ("" if bounds.get(name) is None else f" (bound {_plain(bounds[name])})")
        for name, value in evidence["figures"].items()
        if value is not None
    )


def duration(seconds: float) -> str:
    """Return a time in the units that people use."""
    if seconds < 0.1:
        return "under 0.1 s"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _plain(value: float) -> str:
    """Return a number without the zeros that it ends with: a bound of 0.1 was not measured."""
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _signed(value: float, places: int) -> str:
    return f"{value:,.{places}f}".replace("-", "−")
