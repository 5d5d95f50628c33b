"""The doctor of samples: what arrays alone say, whatever program made them.

    wrong-data      another range, or nothing like the data     `ranges`, `likeness`
    mode-collapse   a few things over and over                  `diversity`, `shares`
    mode-dropping   parts of the data that are never made       `shares`
    memorisation    training rows, replayed                     `copying`
    blur            images without edges                        `sharpness`

Of samples that are wrong data nothing else has a meaning, so that verdict then stands alone, but
for samples that are a few things over and over. Blurred pictures are alike, and leave out the outer
regions of the data: where `blur` fails, these are no ground to fail them for a second disease.
Neighbours are looked for in principal components (`principal`). Which thresholds were set on which
planted diseases, and how they did on others, is in docs/doctor.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kullback.evaluation.copying import Copying, numbered
from kullback.evaluation.diversity import Diversity, diversity
from kullback.evaluation.judge import Judge
from kullback.evaluation.likeness import Likeness, likeness
from kullback.evaluation.metric import Array, Floats, Metric
from kullback.evaluation.principal import Principal, comparable
from kullback.evaluation.ranges import Fitted
from kullback.evaluation.reference import Reference
from kullback.evaluation.shares import Shares, by_class, by_mode, by_region
from kullback.evaluation.sharpness import sharpness
from kullback.evaluation.verdicts.verdict import Verdict
from kullback.grades import SEVERITY, Grade, graded, mildest, worst

FAR_OF_IMAGES, FAR = (0.5, 0.9), (0.25, 0.5)
NOISE_SHARE_OF_IMAGES, NOISE_SHARE = 0.5, 0.8
"""Nothing like the data: this share of samples is far, and typically by this share of noise's.

Of images nearly all must be far, since small shifts take them far; in few dimensions, by contrast,
noise falls among the data by chance.
"""

SUPPORT_WARN, SUPPORT_FAIL = 150.0, 60.0
SUPPORT_OF_REAL = 0.1
FEWEST_PAIRS = 5
"""Collapsed: so few different samples, a tenth of what real rows have, by so many equal pairs."""

ONE_THING = 2.0
"""Fewer different samples than this are all the same, which no blur explains."""

LOST_COLLAPSED = {"classes": 0.45, "modes": 0.45, "regions": 0.25}
"""Collapsed: so much of the data is lacking, nearly a half where parts are what they are called.

Regions are cut without labels, across classes, and only those that are missing count: where seven
classes of ten are gone, regions that hold none of the three left make up a third.
"""

LOST, LOST_OF_IMAGES = (0.01, 0.05), (0.05, 0.2)
"""Dropped: so much is in regions that are missing, to warn and to fail."""

COPIED_WARN, COPIED_FAIL = 0.02, 0.1
"""Copies: the lower end of the interval of their share."""

FEW_ROWS = 30
"""Of fewer unseen rows a fifth or more may be near by itself: the user is told."""

SHARP_WARN, SHARP_FAIL = 0.8, 0.2
"""Edges of samples over those of real images: under a blur of .8 pixels .06 to .15 is left."""

CLOSEST = 10
"""So many pairs of a sample and its nearest training row are shown."""

_MOST_NAMED = 5

_STABLE_GAME = (
    "train a game that covers, kullback train r3gan or gan-noise, with a larger --batch-size, or "
    "a model of densities, vae; of another program: penalise the critic's gradient at both real "
    "rows and samples (R1 + R2), and lower the generator's learning rate"
)


def samples_verdicts(
    fitted: Fitted, real: Reference, judge: Judge | None = None, seed: int = 0
) -> tuple[dict[str, Metric], list[Verdict]]:
    """Judge samples, fitted to the data's type and range if they could be, against real rows.

    Returns the metric ``copy_rate`` where samples can be compared, and the verdicts. The metric's
    ``details["closest"]`` are the samples that are most like copies, and the training rows that
    they are nearest to, by their numbers.
    """
    same = Diversity.of_equal(fitted.given)
    if fitted.rows is None:
        return {}, [wrong_range(fitted), *([] if same is None else [mode_collapse(same, [])])]
    space = Compared.of(fitted.rows, real, seed)
    alike = likeness(space.plain, space.plain_train, space.plain_unseen, seed)
    sharp = _sharpness(fitted.rows, real, seed)
    washed_out = sharp is not None and sharp.value < SHARP_FAIL
    unlike = wrong_data(alike, images=real.space.is_image, washed_out=washed_out)
    found = diversity(space.samples, space.real, seed)
    if same is not None:
        found = replace(same, real_support=found.real_support)
    if unlike.verdict == "fail":
        # What has collapsed off the data is unlike it because it has collapsed.
        collapsed = mode_collapse(found, [])
        return {}, [unlike, *([collapsed] if collapsed.verdict == "fail" else [])]
    parts = shares(fitted.rows, real, space, judge, seed)
    copying = Copying(space.train, numbered(real.train.observations), space.unseen, seed)
    pairs = copying.pairs(space.samples)
    copied, closest = copying.rate(pairs), pairs.closest(CLOSEST)
    copied.details["closest"] = {
        "samples": closest.sample.tolist(),
        "training_rows": closest.row.tolist(),
        "ratios": closest.ratio.tolist(),
    }
    verdicts = [
        unlike,
        mode_collapse(found, parts, washed_out=washed_out),
        mode_dropping(parts, images=real.space.is_image, washed_out=washed_out),
        memorisation(copied),
        *([] if sharp is None else [blur(sharp)]),
    ]
    return {"copy_rate": copied}, verdicts


@dataclass(frozen=True, eq=False)
class Compared:
    """Samples, training rows and unseen rows in principal components, and some as they are."""

    samples: Floats
    train: Floats
    unseen: Floats | None
    plain: Floats
    plain_train: Floats
    plain_unseen: Floats | None

    @classmethod
    def of(cls, samples: Array, real: Reference, seed: int) -> Compared:
        """Samples as given, next to the real rows."""
        train = real.train.observations
        features = comparable(real.space, train)
        unseen = None if real.held_out is None else real.held_out.observations
        components = Principal.of(features, train, seed)
        rng = np.random.default_rng([seed, 7])

        def some(rows: Array, most: int) -> Array:
            return features(rows[np.sort(rng.permutation(len(rows))[:most])])

        return cls(
            components(samples),
            components(train),
            None if unseen is None else components(unseen),
            some(samples, 1_000),
            some(train, 5_000),
            None if unseen is None else some(unseen, 1_000),
        )

    @property
    def real(self) -> Floats:
        """All real rows, for what does not ask which of them were learnt from."""
        return self.train if self.unseen is None else np.concatenate([self.train, self.unseen])


def shares(
    rows: Array, real: Reference, space: Compared, judge: Judge | None, seed: int
) -> list[Shares]:
    """The shares of modes where the density is known, else of classes, if judged, and regions."""
    if real.truth is not None:
        return [by_mode(rows, real.truth)]
    found: list[Shares | None] = []
    if judge is not None:
        read, kept = (p.argmax(1) for p in (judge.probabilities(rows), judge.held_out))
        given = [part.y for part in (real.train, real.held_out) if part is not None]
        labels = np.concatenate([y for y in given if y is not None] or [judge.held_out_labels])
        found.append(by_class(judge.label_names, labels, read, kept, judge.held_out_labels))
    found.append(by_region(space.samples, space.real, seed))
    return [each for each in found if each is not None]


def wrong_range(fitted: Fitted) -> Verdict:
    """The verdict on samples of another range or type."""
    return Verdict(
        "wrong-data",
        "fail",
        f"the samples have another range: {fitted.problem}",
        {"lowest": fitted.low, "highest": fitted.high},
        shown="samples",
        remedy=fitted.remedy,
    )


def wrong_data(alike: Likeness, *, images: bool, washed_out: bool = False) -> Verdict:
    """The verdict on samples in the right range that may be nothing like the data.

    Pictures that are washed out are far from the data too, but it is known what they are.
    """
    bounds, noise_share = (FAR_OF_IMAGES, NOISE_SHARE_OF_IMAGES) if images else (FAR, NOISE_SHARE)
    verdict: Grade = "ok" if alike.noise_share < noise_share else graded(alike.far, *bounds)
    if washed_out:
        verdict = mildest(verdict, "warn")
    return Verdict(
        "wrong-data",
        verdict,
        f"{alike.far:.0%} of the samples are farther from every training row than 95 % of real "
        f"rows are (typically {alike.distance:.3g}, real rows {alike.real_distance:.3g})",
        {"far": alike.far, "noise_share": alike.noise_share},
        {"far": bounds[1], "noise_share": noise_share},
        shown="samples",
        remedy=""
        if verdict == "ok"
        else "look at a few: noise, negatives, or pictures of something else? Check that the file "
        "is the one that was meant and in the data's units; of a run, train longer (--steps)",
    )


def mode_collapse(
    found: Diversity, parts: Sequence[Shares], *, washed_out: bool = False
) -> Verdict:
    """The verdict on a few things made over and over.

    It rests on repeated samples, or on how much of the data is lost; the text begins with which.
    """
    repeated = _repeated(found, washed_out=washed_out)
    collapsed: Grade = "ok"
    barest = max(parts, key=lambda each: _gone(each) / LOST_COLLAPSED[each.kind], default=None)
    for each in parts:
        grade = _collapsed(each, washed_out=washed_out)
        if SEVERITY[grade] > SEVERITY[collapsed]:
            collapsed, barest = grade, each
    lost = 0.0 if barest is None else _gone(barest)
    grounds = [_alike(found), *([_missing(barest)] if barest is not None and lost > 0 else [])]
    if SEVERITY[collapsed] > SEVERITY[repeated]:
        grounds.reverse()
    verdict = worst(repeated, collapsed)
    return Verdict(
        "mode-collapse",
        verdict,
        "; ".join(grounds),
        {"support": found.support, "real_support": found.real_support, "lost": lost},
        {
            "support": SUPPORT_FAIL,
            "lost": LOST_COLLAPSED["classes" if barest is None else barest.kind],
        },
        shown="samples",
        remedy="" if verdict == "ok" else _STABLE_GAME,
    )


def mode_dropping(parts: Sequence[Shares], *, images: bool, washed_out: bool = False) -> Verdict:
    """The verdict on parts of the data that samples leave out.

    A class or a mode that is missing is enough. Regions are cut with no eye for meaning, and of
    images the outer ones lose what the means of p(x|z) smooth away.
    """
    bounds = LOST_OF_IMAGES if images else LOST
    verdict: Grade = "ok"
    barest = parts[0] if parts else None
    for each in parts:
        grade = _dropped(each, bounds, washed_out=washed_out)
        if SEVERITY[grade] > SEVERITY[verdict]:
            verdict, barest = grade, each
    text = "too few samples or real rows to look for parts that are missing"
    if barest is not None:
        text = _missing(barest)
    return Verdict(
        "mode-dropping",
        verdict,
        text,
        {f"lost_{each.kind}": each.lost for each in parts}
        | {f"rare_{each.kind}": float(len(each.rare)) for each in parts},
        {f"lost_{each.kind}": bounds[1] if each.kind == "regions" else 0.0 for each in parts},
        shown="class shares" if barest is not None and barest.kind == "classes" else "samples",
        remedy=""
        if verdict == "ok"
        else f"{_STABLE_GAME}; more latent dimensions (--set latent_dim=…) and a longer run help "
        "where a class is rare",
    )


def memorisation(copied: Metric) -> Verdict:
    """The verdict on training rows replayed."""
    low, high = copied.details["interval"]
    verdict = graded(low, COPIED_WARN, COPIED_FAIL)
    rows = copied.details["n_real"]
    weak = f"; from {rows} unseen rows, of which only many copies show" if rows < FEW_ROWS else ""
    return Verdict(
        "memorisation",
        verdict,
        f"{copied.value:.1%} of the samples are copies of training rows (95 % interval {low:.1%} "
        f"to {high:.1%}): {copied.details['near_share']:.1%} lie as near to one row, compared with "
        f"the next, as {copied.details['real_near_share']:.1%} of unseen real rows do{weak}",
        {"copy_rate": copied.value, "copy_rate_low": low},
        {"copy_rate_low": COPIED_FAIL},
        shown="closest pairs",
        remedy=""
        if verdict == "ok"
        else "more data, or pictures shifted and mirrored; fewer parameters (--set hidden=[64]) or "
        "fewer latents (--set latent_dim=8); stop earlier (--steps); of a VAE a larger "
        "--set beta=…",
    )


def blur(sharp: Metric) -> Verdict:
    """The verdict on images without edges."""
    verdict = graded(sharp.value, SHARP_WARN, SHARP_FAIL)
    return Verdict(
        "blur",
        verdict,
        f"the edges of the samples are {sharp.value:.2f} times as strong as those of real images",
        {"sharpness": sharp.value},
        {"sharpness": SHARP_FAIL},
        shown="samples",
        remedy=""
        if verdict == "ok"
        else "a mean of p(x|z) averages what the code does not say: more latents "
        "(--set latent_dim=…), a smaller --set beta=…, draws instead of means "
        "(kullback sample --draw), or a critic on images: kullback train vae-gan or r3gan",
    )


def _sharpness(rows: Array, real: Reference, seed: int) -> Metric | None:
    """The sharpness of images; ``None`` for other data, and where real ones have no edges."""
    if not real.space.is_image:
        return None
    sharp = sharpness(rows, real, seed)
    return sharp if math.isfinite(sharp.value) else None


def _is_repeated(found: Diversity) -> bool:
    fewer = found.real_support is None or found.support < SUPPORT_OF_REAL * found.real_support
    return found.pairs >= FEWEST_PAIRS and fewer


def _repeated(found: Diversity, *, washed_out: bool) -> Grade:
    if not _is_repeated(found):
        return "ok"
    grade = graded(found.support, SUPPORT_WARN, SUPPORT_FAIL)
    return mildest(grade, "warn") if washed_out and found.support >= ONE_THING else grade


def _gone(parts: Shares) -> float:
    """The share of the data that has nothing, or too little, among the samples."""
    return parts.lost if parts.kind == "regions" else parts.lacking


def _collapsed(parts: Shares, *, washed_out: bool) -> Grade:
    if _gone(parts) < LOST_COLLAPSED[parts.kind]:
        return "ok"
    return "warn" if washed_out and parts.kind == "regions" else "fail"


def _dropped(parts: Shares, bounds: tuple[float, float], *, washed_out: bool) -> Grade:
    if parts.kind == "regions":
        grade = graded(parts.lost, *bounds)
        return mildest(grade, "warn") if washed_out else grade
    return "fail" if parts.lost > 0 else "warn" if parts.rare else "ok"


def _alike(found: Diversity) -> str:
    """How alike samples are, in words."""
    if found.support <= 1:
        return "all samples are the same"
    if _is_repeated(found):
        return f"as many different samples as draws from {found.support:.3g} things would show"
    return f"{found.pairs} pairs of {found.n} samples are nearly equal, no more than of real rows"


def _missing(parts: Shares) -> str:
    """What is missing or too rare, in words."""
    missing = parts.missing
    rare = [i for i in parts.rare if i not in missing]
    text = f"{len(missing)} of {len(parts.names)} {parts.kind} are missing"
    if parts.kind == "regions":
        return text + (f", {parts.lost:.0%} of the data" if missing else "")

    def listed(which: list[int]) -> str:
        return ", ".join(
            f"{parts.names[i]} ({parts.samples[i]:.1%} of the samples, {parts.real[i]:.1%} of the "
            "data)"
            for i in which[:_MOST_NAMED]
        )

    text += f": {listed(missing)}" if missing else ""
    return text + (f"; too rare: {listed(rare)}" if rare else "")
