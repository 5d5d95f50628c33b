"""Write docs/models.md from the catalogue, and its pictures from runs of every model.

python docs/models.py train --out runs/models    half a minute for each; what is done stays
python docs/models.py --runs runs/models         their pictures, and the page
python docs/models.py                            the page alone
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from kullback.models.catalogue import CATALOGUE
from kullback.models.entry import Entry

PAGE = Path(__file__).with_suffix(".md")
PICTURES = Path(__file__).with_suffix("")

MINUTES = 0.5
EXACT = ("pca", "gmm")
BITS = ("vae", "vae-two-part", "iwae")
"""Models whose pictures are of binarised digits: by the default likelihood, of 8-bit levels, a code
tells so much of a digit that draws of the prior are none."""

DATA = {"sequences": "strokes"}
SECOND = {"source": "mnist5k:negative", "paired source": "mnist5k:edges"}
OWN_SECOND = {"bicycle": "mnist5k:upper", "denoising-gan": "mnist5k:corrupted"}
NEEDS = {
    None: "data",
    "labels": "data with labels",
    "images": "images",
    "source": "two data sets (`--source`) whose rows do not correspond",
    "paired source": "two data sets whose rows correspond (`--source DATA2 --paired`)",
    "sequences": "sequences (a `.npz` with `x` and `mask`)",
}
FAMILIES = {
    "autoencoder": "Autoencoders: an encoder and a decoder, compared by densities",
    "adversarial": "Adversarial: only samples of x are compared",
    "between": "Between the two: some terms by densities, some by samples",
    "translation": "Two data sets: rows of the one are made into rows of the other",
}

INTRODUCTION = """\
# The models

Every model is two joint distributions, the data side q and the model side p, and a divergence
between them that is made small; the formula is what its objective prints. In a game D is the number
that the critic gives; where it is a logit, P(q) = 1/(1 + e⁻ᴰ) and P(p) = 1 − P(q) say how likely it
holds that what it sees is of the one side or of the other. Each picture shows samples after half a
minute on one thread of a processor, by the command below it: how a model begins, not what it can
do.

This page is made from the catalogue by `python docs/models.py`.
"""


def options(entry: Entry, minutes: float = MINUTES) -> dict[str, object]:
    """Return the options of the run that a model's picture is of."""
    found: dict[str, object] = {"data": DATA.get(entry.needs or "", "mnist5k")}
    if entry.needs in SECOND:
        found["source"] = OWN_SECOND.get(entry.name, SECOND[entry.needs])
        found |= {"paired": True} if entry.needs == "paired source" else {}
    found |= {"likelihood": "bernoulli"} if entry.name in BITS else {}
    return found | {"minutes": minutes, "threads": 1}


def command(entry: Entry) -> str:
    """Return the command that makes the run of a model's picture."""
    words = ["kullback", "train", entry.name]
    for name, value in options(entry).items():
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        if name in entry.settings.model_fields:
            words += ["--set", f"{name}={shown}"]
        else:
            words += [f"--{name}"] if value is True else [f"--{name}", shown]
    return shlex.join(words)


def train(out: Path, names: Iterable[str], minutes: float = MINUTES) -> None:
    """Train models into folders under ``out``; what was begun goes on, what is done stays."""
    import kullback as kb

    for name in names:
        print(name, flush=True)
        folder = out / name
        try:
            if (folder / "recipe.json").is_file():
                kb.train(out=folder, resume=True)
            else:
                kb.train(name, out=folder, **options(CATALOGUE[name], minutes))
        except kb.TrainingFailed as error:
            print(f"{name} failed: {error}", flush=True)


def draw(runs: Path, names: Iterable[str]) -> None:
    """Write the pictures of the runs under ``runs`` that have been trained."""
    from kullback.cli.app import sample

    for name in names:
        if (runs / name / "model.safetensors").is_file():
            count = {"labels": 80, "source": 40, "paired source": 40}
            sample(
                runs / name, PICTURES / f"{name}.png", count.get(CATALOGUE[name].needs or "", 64)
            )


def page() -> str:
    """Return the page."""
    families = list(dict.fromkeys(entry.family for entry in CATALOGUE.values()))
    parts = [INTRODUCTION]
    for family in families:
        entries = [entry for entry in CATALOGUE.values() if entry.family == family]
        listed = ", ".join(f"[{entry.name}](#{entry.name})" for entry in entries)
        parts += [f"## {FAMILIES.get(family, family.capitalize())}\n\n{listed}\n"]
        parts += map(section, entries)
    return "\n".join(parts)


def batches(entry: Entry) -> str:
    """Return in words what rows a step is of."""
    if entry.name in EXACT:
        return "of all rows"
    images = f" ({entry.image_batch_size} of images)" if entry.image_batch_size else ""
    return f"in batches of {entry.batch_size}{images}"


def section(entry: Entry) -> str:
    """Return what the page says of one model."""
    formula = "\n".join(f"    {line}" for line in entry.formula.splitlines())
    title = f"### {entry.name}\n"
    recommended = " **Recommended.**" if entry.recommended else ""
    parts = [title, f"{entry.summary}{recommended}\n", f"{formula}\n"]
    parts += [f"{entry.use}\n"] if entry.use else []
    if (PICTURES / f"{entry.name}.png").is_file():
        parts += [f"![samples of {entry.name}]({PICTURES.name}/{entry.name}.png)\n"]
        parts += [f"`{command(entry)}`\n"]
    parts += [
        f"- Reference: {entry.reference}.",
        f"- Needs {NEEDS[entry.needs]}. Can: {', '.join(entry.capabilities)}.",
        f"- Trains for {entry.steps:,} step{'s' * (entry.steps != 1)} {batches(entry)} unless told "
        "otherwise.\n",
        f"<details><summary>Settings</summary>\n\n{settings(entry)}\n\n</details>\n",
    ]
    return "\n".join(parts)


def settings(entry: Entry) -> str:
    """Return the settings of a model as a table: names, defaults, meanings."""
    rows = ["| setting | default | what it is |", "|---|---|---|"]
    for name, field in entry.settings.model_fields.items():
        if name == "latent_dim" and entry.latent is None:
            continue
        default = "–" if field.default is None else f"`{field.default}`"
        meaning = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{name}` | {default} | {meaning} |")
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=Path, help="draw pictures of the runs in this folder")
    training = parser.add_subparsers(dest="what").add_parser("train", help="train every model")
    training.add_argument("--out", type=Path, required=True, help="the folder of all runs")
    given = parser.parse_args(arguments)
    if given.what == "train":
        train(given.out, CATALOGUE)
        return
    if given.runs is not None:
        draw(given.runs, CATALOGUE)
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
