from __future__ import annotations

import pytest

from kullback.data import Outline, Space
from kullback.models.catalogue import find
from kullback.models.model import Model
from kullback.report.words import duration, meaning, measured, number, role, term, why_absent


@pytest.mark.parametrize(
    ("value", "stderr", "text"),
    [
        (172.4412, 1.8312, "172.4 ± 1.8"),
        (0.02134, 0.00087, "0.02134 ± 0.00087"),
        (4234.56, 112.3, "4,235 ± 112"),
        (-176.21, 0.95, "−176.21 ± 0.95"),
        (8.0, None, "8"),
        (0.5, 0.0, "0.5000"),
        (1e-9, 1e-10, "1e−09 ± 1e−10"),
    ],
)
def test_a_value_has_no_more_digits_than_its_error(
    value: float, stderr: float | None, text: str
) -> None:
    assert measured(value, stderr) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (342.815, "342.8"),
        (-0.361, "−0.3610"),
        (1234567.8, "1.23e+06"),
        (3e-5, "3e−05"),
        (12.0, "12"),
    ],
)
def test_numbers_have_four_digits(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.011, "under 0.1 s"), (3.29, "3.3 s"), (45.2, "45 s"), (130, "2 min 10 s"),
     (7260, "2 h 1 min")],
)  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("labelled", "text"),
    [
        ([False, False], "−log p(x) of held-out"),
        ([True], "−log p(x|y) of held-out"),
        ([True, False], "−log p(x), of p(x|y) where labels are given, of held-out"),
        ([], "−log p(x) of held-out"),
    ],
)
def test_a_likelihood_is_of_rows_given_their_labels_where_the_model_was(
    labelled: list[bool], text: str
) -> None:
    assert meaning("nll", labelled).startswith(text)
    assert meaning("modes", labelled) == meaning("modes", [])
    assert meaning("odd one", labelled) == ""


def built(name: str) -> Model:
    entry = find(name)
    space = Space("uint8", (8, 8), "uint8")
    two = space if "source" in (entry.needs or "") else None
    classes = 3 if entry.needs == "labels" else 0
    outline = Outline(space, 64, classes, two, entry.needs == "paired source")
    settings = entry.resolve(entry.settings.model_validate({}), outline)
    return entry.build(outline, settings, {})


@pytest.mark.parametrize(
    ("model", "name", "title"),
    [
        ("vae", "nll_x", "reconstruction, −log p(x|z)"),
        ("vae", "kl_z", "KL( q(z|x) ‖ p(z) )"),
        ("cvae", "kl_z", "KL( q(z|x, y) ‖ p(z) )"),
        ("cvae-class-mean", "kl_z", "KL( q(z|x) ‖ p(z|y) )"),
        ("clustering-vae", "kl_y", "KL( q(y|z) ‖ p(y) )"),
        ("vae-two-part", "log_variance_z", "size of the log-variances of q(z|x)"),
        ("mmd-vae", "match_z", "distance between q(z) and p(z)"),
        ("gan", "r1_x", "penalty on the critic's slope at data (R1)"),
        ("r3gan", "r2_x", "penalty on the critic's slope at samples (R2)"),
        ("wgan-gp", "gradient_penalty_x", "penalty on slopes of the critic other than 1"),
        ("cgan", "critic_x_y", "the critic's loss, comparing x given y"),
        (
            "aae",
            "logit_z",
            "the critic's mean logit on the data side, if it is the best its divergence from the "
            "model side, comparing z",
        ),
        ("ali", "adversarial_x_z_q", "the encoder's loss against the critic, by x and z"),
        ("cvae-gan", "nll_y", "the classifier's error on labels"),
        ("cvae-gan", "means_C", "distance between mean features of the classifier"),
        ("paired-gan", "nll_x", "error, −log p(x|source, z)"),
        ("bicycle", "kl_z_p", "KL( p(z) ‖ q(z|x) )"),
        ("cyclegan", "nll_source_p", "reconstruction, −log q(source|x)"),
        ("cyclegan", "r2_source", "penalty on the critic's slope at data (R2)"),
        ("gan", "something_new", "something new"),
    ],
)
def test_a_term_is_named_by_what_it_is_of(model: str, name: str, title: str) -> None:
    assert term(name, built(model), {})[0] == title


def test_densities_are_in_nats_and_games_in_none() -> None:
    model = built("vae-gan")
    assert term("kl_z", model, {})[1] == "nats"
    assert {term(name, model, {})[1] for name in ("critic_x", "r1_x", "features_D")} == {"loss"}


def test_a_weighted_kl_says_its_weight() -> None:
    model = built("beta-vae")
    assert term("kl_z", model, {"beta": 4.0})[0] == "4 · KL( q(z|x) ‖ p(z) )"
    assert term("kl_z", model, {"beta": 4.0, "warm_up": 0.5})[0].startswith("up to 4 · KL(")
    assert term("kl_z", model, {"beta": 1.0}) == ("KL( q(z|x) ‖ p(z) )", "nats")


def test_networks_have_the_names_of_their_roles() -> None:
    assert role("p(x|z, y)", encodes=True) == "decoder"
    assert role("p(x|source, z)", encodes=False) == "generator"
    assert role("q(z|x, y)", encodes=True) == "encoder"
    assert role("q(source|x)", encodes=False) == "inverse generator"
    assert [role(name, False) for name in ("D(x, y)", "D(source)", "C(y|x)", "q(y|z)")] == [
        "critic",
        "critic of source",
        "classifier",
        "q(y|z)",
    ]


def test_an_absent_metric_has_its_reason() -> None:
    assert why_absent("nll", "gan", ("sample",)).endswith("it states no likelihood")
    assert why_absent("reconstruction_mse", "gan", ("sample",)).endswith("it has no encoder")
    assert why_absent("modes", "gan", ("sample",)) == "not measured for gan on these data"
