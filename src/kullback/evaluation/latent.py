"""What codes say of their observations, and whether they lie where the prior puts its own.

Codes are draws of q(z|x) = N(μ(x), diag σ²(x)); their mixture over the data is the aggregate q(z).
Both have to be right: for any prior p(z)

    E KL(q(z|x) ‖ p(z)) = I_q(x; z) + KL(q(z) ‖ p(z)),

information that is wanted, and a mismatch that is not (Hoffman & Johnson, 2016, ELBO surgery).

    active units     dimensions in which Var_x E[z|x] > .01: the others ignore x      Burda et al.
    noise ratio      √E σ² / sd(μ) of a dimension: how much of a code is noise
    moment gap       KL( N(m, S) ‖ N(m', S') ) of the moments of q(z) and p(z), in nats: what draws
                     of the prior find where the decoder has learned nothing. It is the KL(q(z) ‖
                     p(z)) of codes that are jointly Gaussian, and 0 where all moments to the
                     second agree
    linear rate      Σ ½ log(λ_j/σ²) over the largest eigenvalues λ_j of the data's covariance, σ²
                     the mean of the others: the nats that a linear code tells of an observation,
                     I(x; z) of probabilistic PCA. What a deep code should not fall far below
    label probe      share of held-out labels that a linear classifier of codes gets right

Burda, Grosse & Salakhutdinov (2016, arXiv 1509.00519, sec. 5); Tipping & Bishop (1999, J. R. Stat.
Soc. B 61(3)); Alain & Bengio (2017, arXiv 1610.01644) on probes.
"""

from __future__ import annotations

import math

import numpy as np

from kullback.errors import BadInput
from kullback.evaluation.metric import Array, Floats, Metric

LEAST_VARIANCE = 0.01
"""A dimension whose mean code varies less over the data is not in use."""

ROWS_PER_DIMENSION = 10

_RIDGE = 1e-3
_ITERATIONS = 300


def in_use(means: Array) -> Array:
    """Return which dimensions of the codes' means (N, d) vary over the data, booleans (d,)."""
    return np.asarray(_codes(means).var(0) > LEAST_VARIANCE)


def active_units(means: Array) -> Metric:
    """How many dimensions of the codes' means (N, d) are in use; ``details`` has each variance.

    The bound is for codes whose prior has variance one.
    """
    variances = _codes(means).var(0)
    details = {
        "of": means.shape[1],
        "least_variance": LEAST_VARIANCE,
        "variances": variances.tolist(),
    }
    found = float((variances > LEAST_VARIANCE).sum())
    return Metric(found, None, len(means), "dimensions", None, details)


def noise_ratio(means: Array, scales: Array) -> Floats:
    """√E σ² / sd(μ) of every dimension, (d,), infinite where the mean never varies."""
    with np.errstate(divide="ignore"):
        spread = np.sqrt((_codes(scales) ** 2).mean(0)) / _codes(means).std(0)
    return np.asarray(spread)


def moment_gap(q: Array, p: Array) -> float:
    """KL( N(m_q, S_q) ‖ N(m_p, S_p) ) in nats of the moments of codes (N, d) and of the prior's.

    ½ [tr S_p⁻¹S_q + (m_p − m_q)ᵀ S_p⁻¹ (m_p − m_q) − d + log |S_p|/|S_q|], less d(d + 3)/2N, what
    it is on the mean for N draws of each side of one law. Of fewer than ``ROWS_PER_DIMENSION`` rows
    for each dimension covariances say little; then it is of the variances alone, less 2d/N. So of
    one law it is 0 on the mean, and may be negative.
    """
    codes, prior = _codes(q), _codes(p)
    if codes.shape[1] != prior.shape[1]:
        raise BadInput(f"codes {codes.shape} and draws of the prior {prior.shape} differ in width")
    rows, d = min(len(codes), len(prior)), codes.shape[1]
    s_q, s_p = (np.cov(side.T).reshape(d, d) for side in (codes, prior))
    bias = d * (d + 3) / (2 * rows)
    if rows < ROWS_PER_DIMENSION * d:
        s_q, s_p, bias = np.diag(np.diag(s_q)), np.diag(np.diag(s_p)), 2 * d / rows
    # A dimension that carries nothing at all is flat: its log-variance is then that of the ridge.
    ridge = 1e-12 * np.trace(s_p) / d * np.eye(d)
    s_q, s_p = s_q + ridge, s_p + ridge
    shift = prior.mean(0) - codes.mean(0)
    inverse = np.linalg.inv(s_p)
    logs = np.linalg.slogdet(s_p)[1] - np.linalg.slogdet(s_q)[1]
    gap = 0.5 * (np.trace(inverse @ s_q) + shift @ inverse @ shift - d + logs)
    return float(gap - bias)


def linear_rate(rows: Array, dimensions: int) -> float:
    """Nats that a linear code of ``dimensions`` tells of a row of (N, D), for which all are wanted.

    It is at least one dimension less than there are features or rows, whatever is asked for, for
    the mean of the eigenvalues left out is the noise; 0 for a single feature.
    """
    x = rows.reshape(len(rows), -1).astype(np.float64)
    values = np.linalg.svd(x - x.mean(0), compute_uv=False) ** 2 / len(x)
    kept = min(dimensions, x.shape[1] - 1, len(x) - 2)
    others = min(x.shape[1], len(x) - 1) - kept  # rows span no more directions
    noise = float(values[kept:].sum()) / others if kept > 0 else 0.0
    if noise <= 0:
        return 0.0
    return float(0.5 * np.log(np.maximum(values[:kept] / noise, 1.0)).sum())


def label_probe(codes: Array, labels: Array, held_out: Array, held_out_labels: Array) -> Metric:
    """The share of held-out labels (M,) that a linear classifier reads in codes (M, d).

    Multinomial logistic regression with a slight ridge, fitted to ``codes`` (N, d) of training rows
    and their ``labels`` (N,), both standardised by the former. ``details["majority"]`` is the share
    of the commonest training label: a code that says nothing scores it.
    """
    z, y = _codes(codes), np.asarray(labels, np.int64)
    if len(z) != len(y) or len(held_out) != len(held_out_labels):
        raise BadInput("a probe of labels needs one label for each code")
    centre, spread = z.mean(0), np.maximum(z.std(0), 1e-12)
    weights = _regress((z - centre) / spread, y)
    read = _with_one((_codes(held_out) - centre) / spread).dot(weights).argmax(1)
    majority = np.bincount(y).argmax()
    details = {"probe": "linear", "majority": float((held_out_labels == majority).mean())}
    return Metric.mean(read == held_out_labels, "share of held-out rows", None, details)


def _regress(z: Floats, y: Array) -> Floats:
    """Minimise the cross-entropy of softmax(W[z, 1]) with a ridge, from W = 0: it is convex.

    Nesterov's accelerated gradient (1983), with the step that the largest curvature allows.
    """
    inputs, target = _with_one(z), np.eye(int(y.max()) + 1)[y]
    curvature = 0.5 * np.linalg.eigvalsh(inputs.T @ inputs / len(inputs))[-1] + 2 * _RIDGE
    weights = ahead = np.zeros((inputs.shape[1], target.shape[1]))
    for i in range(_ITERATIONS):
        logits = inputs @ ahead
        odds = np.exp(logits - logits.max(1, keepdims=True))
        error = odds / odds.sum(1, keepdims=True) - target
        slope = inputs.T @ error / len(inputs) + 2 * _RIDGE * ahead
        before, weights = weights, ahead - slope / curvature
        ahead = weights + i / (i + 3) * (weights - before)
    return np.asarray(weights)


def _with_one(z: Floats) -> Floats:
    return np.concatenate([z, np.ones((len(z), 1))], 1)


def _codes(z: Array) -> Floats:
    found = np.asarray(z, np.float64)
    if found.ndim != 2 or len(found) < 2:
        raise BadInput(f"codes are (N, d) with N > 1, not {found.shape}")
    if not math.isfinite(float(found.sum())):
        raise BadInput("some codes are NaN or infinite")
    return found
