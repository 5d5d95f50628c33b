"""What a stranger needs to be told: names, units and numbers in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Any

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
}

NETWORKS = {"q(z|x)": "encoder", "p(x|z)": "decoder", "p(z)": "prior"}


def why_absent(metric: str, model: str, capabilities: tuple[str, ...]) -> str:
    """Say why an evaluation does not hold a metric."""
    needs = METRICS[metric].needs if metric in METRICS else "sample"
    if needs in capabilities:
        return f"not measured for {model} on these data"
    lacks = {"likelihood": "states no likelihood"}.get(needs, "has no encoder")
    return f"has no meaning for {model}: it {lacks}"


def term(name: str, settings: Mapping[str, Any]) -> tuple[str, str]:
    """Return a loss term's title and unit."""
    kind, _, variable = name.partition("_")
    match kind:
        case "nll":
            return f"reconstruction, −log p({variable}|z)", "nats"
        case "kl":
            beta = settings.get("beta", 1)
            weight = "" if beta == 1 else f"{beta:g} · "
            return f"{weight}KL( q({variable}|x) ‖ p({variable}) )", "nats"
        case "critic":
            return f"the critic's loss, comparing {_variables(variable)}", "loss"
        case "adversarial":
            return f"the model's loss against the critic, by {_variables(variable)}", "loss"
        case "match":
            return f"distance between q({variable}) and p({variable})", "loss"
    return name.replace("_", " "), "loss"


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


def _signed(value: float, places: int) -> str:
    return f"{value:,.{places}f}".replace("-", "−")


def _variables(suffix: str) -> str:
    return " and ".join(part for part in suffix.split("_") if part)
