"""What lies between codes, and far from them: autoencoders of the moon, and VAEs.

A decoder has been told what the codes of its training pictures mean. What it makes of others is
judged by how far from any phase of the moon it is, d(x) = min_f ‖x − moon(f)‖².

The VAE is the one that minimises ½‖x − x̂‖² + KL, squared error and KL as they are: βσ_x² = 1.
Beside it stands one whose KL weighs .09 of that, β = 1 at σ_x = .3, here called faint.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from kullback.lab.claim import Words
from kullback.lab.experiments.moon import (
    A_MOON,
    PHASES,
    PLAIN,
    Trained,
    ae_of_the_moon,
    noisy_ae_of_the_moon,
    off_the_moon,
    pictures,
    vae_of_the_moon,
)
from kullback.lab.figures import SMALL, colour, lines
from kullback.lab.figures import pictures as picture_rows
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.report.style import DATA, draw

TWO_STEPS = 200
ALONG = np.linspace(0, 1, 9)
NOISE = 1.0
FAR = (1.5, 3.0)

DRAWS = 1000


def midpoints(seed: int) -> Outcome:
    """d of what is decoded midway between the codes of two phases, by an AE and by a VAE.

    The two are half and full moon; once there are no other training pictures, and once there are 51
    phases, where the same is done with every pair that is half a moon apart: 26 of them. Codes are
    two numbers, but for one AE whose code is one, as many as a moon has degrees of freedom.
    """
    models = {
        "ae_two": ae_of_the_moon(seed, steps=TWO_STEPS, two=True),
        "vae_two": vae_of_the_moon(seed, PLAIN, steps=TWO_STEPS, two=True),
        "ae_all": ae_of_the_moon(seed),
        "vae_all": vae_of_the_moon(seed, PLAIN),
        "faint_all": vae_of_the_moon(seed),
        "ae_line": ae_of_the_moon(seed, dimensions=1),
    }
    ends = {name: _ends(each) for name, each in models.items()}
    paths = {name: models[name].decode(_between(*ends[name])) for name in models}
    middle, half = len(ALONG) // 2, len(PHASES) // 2
    measured = {f"{name}_off": float(off_the_moon(path)[middle]) for name, path in paths.items()}
    for name in ("ae_all", "vae_all", "faint_all", "ae_line"):
        codes = models[name].codes()
        made = models[name].decode((codes[:-half] + codes[half:]) / 2)
        measured[f"{name}_off_over_pairs"] = float(off_the_moon(made).mean())
    measured |= {
        "vae_over_ae_of_two": measured["vae_two_off"] / measured["ae_two_off"],
        "vae_over_ae_over_pairs": (
            measured["vae_all_off_over_pairs"] / measured["ae_all_off_over_pairs"]
        ),
    }
    return Outcome(
        measured,
        {f"path_{name}": path for name, path in paths.items()}
        | {f"codes_{name}": models[name].codes() for name in ("ae_all", "vae_all", "faint_all")}
        | {f"ends_{name}": np.array(ends[name]) for name in ("ae_all", "vae_all", "faint_all")},
    )


def draw_midpoints(series: Series) -> list[Panel]:
    """The paths from half to full moon, how far from a moon they lead, and the codes."""
    names = {
        "ae_two": "AE, 2",
        "vae_two": "VAE, 2",
        "ae_all": "AE, 51",
        "vae_all": "VAE, 51",
        "faint_all": "faint, 51",
        "ae_line": "AE, line",
    }
    paths = {label: series[f"path_{name}"] for name, label in names.items()}
    truth = pictures(0.5 + 0.5 * ALONG)
    rows = [truth.reshape(-1, 12, 12), *(path.reshape(-1, 12, 12) for path in paths.values())]
    off = {
        label: (ALONG, np.maximum(off_the_moon(paths[label]), 1e-2))
        for label in ("VAE, 2", "AE, 51", "VAE, 51", "faint, 51")
    }
    return [
        Panel(
            picture_rows(rows, ["moon", *paths], size=(5.4, 4.0)),
            Words(
                "From the code of a half moon to that of a full one, straight on; the number is "
                "how many phases were trained on. With two, nobody has said what lies between. "
                "With 51 the VAE lays its codes on a line, the others on a curve, which the way "
                "leaves; where a code is one number, it cannot (AE, line).",
                "从半月的编码沿直线走到满月的编码；数字是训练用的月相张数。只有两张图时，中间该是什么"
                "谁也没有说过。有 51 张图时，VAE 把编码排在一条直线上，其余的排在曲线上，直线会离开"
                "它；编码只有一个数（一维 AE）时就不会离开。",
            ),
        ),
        Panel(
            lines(
                off,
                ("way from half to full", "squared distance to a moon"),
                log="y",
                size=(4.6, 3.6),
            ),
            Words(
                "How far what is decoded is from the nearest moon.",
                "解码出来的图离最近的月相有多远。",
            ),
        ),
        *(
            Panel(_codes_and_path(series[f"codes_{name}"], series[f"ends_{name}"]), words)
            for name, words in (
                (
                    "ae_all",
                    Words(
                        "The AE's codes of 51 phases, new moon first, and the path off them.",
                        "AE 的 51 个编码（从新月起），以及离开它们的路径。",
                    ),
                ),
                ("vae_all", Words("The VAE's codes, and the path.", "VAE 的编码与路径。")),
                (
                    "faint_all",
                    Words(
                        "Codes of the VAE with a faint KL, and the path.",
                        "KL 很弱的 VAE 的编码与路径。",
                    ),
                ),
            )
        ),
    ]


def _codes_and_path(codes: Array, ends: Array) -> str:
    """Codes (N, 2) in the order of the phases, and the way from half to full moon."""

    def paint(axes: Axes) -> None:
        axes.plot(*codes.T, ".-", color=DATA, markersize=3, linewidth=0.6)
        axes.plot(*_between(*ends).T, ".-", color=colour(0), markersize=5)
        for name, end in zip(("half moon", "full moon"), ends, strict=True):
            axes.annotate(name, end, xytext=(-24, 2), textcoords="offset points", fontsize=8)
        middle, reach = (codes.max(0) + codes.min(0)) / 2, 0.65 * np.ptp(codes, axis=0).max()
        across, up = np.stack([middle - reach, middle + reach], 1)
        axes.set(xlabel="z₁", ylabel="z₂", aspect="equal", xlim=across, ylim=up)

    return draw(paint, SMALL)


def far_codes(seed: int) -> Outcome:
    """The share of moons among what far codes, and codes of each model's own law, decode to.

    The VAEs' law is N(0, I), that of the autoencoder with fixed noise the Gaussian of its noisy
    training codes. Far is 1.5 to 3 of its deviations from its centre, in any direction.
    """
    models = {
        "noisy": noisy_ae_of_the_moon(seed, NOISE, 2),
        "vae": vae_of_the_moon(seed, PLAIN),
        "faint": vae_of_the_moon(seed),
    }
    measured: dict[str, float] = {}
    series: dict[str, Array] = {}
    for name, each in models.items():
        rng = np.random.default_rng([seed, 43])
        way = rng.standard_normal((DRAWS, 2))
        far = way / np.linalg.norm(way, axis=1, keepdims=True) * rng.uniform(*FAR, (DRAWS, 1))
        fitted = name == "noisy"
        centre, spread = _gaussian(*each.posterior()) if fitted else (0.0, np.eye(2))
        for kind, standard in (("draws", rng.standard_normal((DRAWS, 2))), ("far", far)):
            z = centre + standard @ spread.T
            moons = off_the_moon(each.decode(z)) < A_MOON
            measured[f"{name}_moons_of_{kind}"] = float(moons.mean())
        series |= {f"{name}_codes": each.codes(), f"{name}_far": z, f"{name}_moons": moons}
    measured |= {
        "gain": measured["vae_moons_of_far"] - measured["noisy_moons_of_far"],
        "faint_gain": measured["faint_moons_of_far"] - measured["noisy_moons_of_far"],
    }
    return Outcome(measured, series)


def draw_far_codes(series: Series) -> list[Panel]:
    """Which far codes of two numbers decode to a moon."""
    names = {
        "noisy": Words(
            "The AE with noise 1 on its code, and codes far from its centre.",
            "编码噪声固定为 1 的 AE，以及离中心很远的编码。",
        ),
        "vae": Words(
            "The VAE: one direction says the phase, the other nothing.",
            "VAE：一个方向表示月相，另一个方向什么也不表示。",
        ),
        "faint": Words(
            "The VAE with a faint KL: the phases lie on a curve, with gaps beside it.",
            "KL 很弱的 VAE：月相落在一条曲线上，旁边留下空隙。",
        ),
    }
    return [
        Panel(
            _moons_or_not(*(series[f"{name}_{kind}"] for kind in ("codes", "far", "moons"))), said
        )
        for name, said in names.items()
    ]


def _moons_or_not(codes: Array, far: Array, moons: Array) -> str:
    """Training codes (N, 2), and far ones by what they decode to; the legend stands above."""

    def paint(axes: Axes) -> None:
        axes.plot(*codes.T, ".", color=DATA, markersize=3, label="training", rasterized=True)
        axes.plot(
            *far[moons].T, ".", color=colour(1), markersize=2, label="a moon", rasterized=True
        )
        axes.plot(
            *far[~moons].T, ".", color=colour(0), markersize=2, label="no moon", rasterized=True
        )
        low, high = far[:, 1].min(), far[:, 1].max()
        axes.set(xlabel="z₁", ylabel="z₂", ylim=(low, high + 0.3 * (high - low)))
        axes.legend(
            frameon=False, fontsize=8, ncols=3, loc="upper center", handletextpad=0, markerscale=3
        )

    return draw(paint, SMALL)


def _ends(trained: Trained) -> tuple[Array, Array]:
    """The codes of half and full moon."""
    mean = trained.codes()
    half = 0 if len(mean) == 2 else int(np.abs(PHASES - 0.5).argmin())
    return mean[half], mean[-1]


def _between(one: Array, other: Array) -> Array:
    """Codes on the straight way from one to another, (9, d)."""
    found: Array = one + ALONG[:, None] * (other - one)
    return found


def _gaussian(mean: Array, scale: Array) -> tuple[Array, Array]:
    """The mean, and a root of the covariance, of codes with noise."""
    covariance = np.cov(mean.T, bias=True) + np.diag((scale**2).mean(0))
    return mean.mean(0), np.linalg.cholesky(covariance)
