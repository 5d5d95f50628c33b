"""Games on points, small enough for an experiment: a critic alone, or a generator against one.

A sample that nobody moves is a side of the game too: p = data(made) δ(x − made).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from kullback.divergences import NON_SATURATING, Dual, Penalty, score
from kullback.lab.learn import learn, tensor
from kullback.lab.outcome import Array
from kullback.networks import Logit, Network, PointCode, StandardNormal, mlp
from kullback.objectives import Data, Factor, Joint, Objective, adversarial
from kullback.training import Adam, Optimiser, Training

REAL = Joint("q", Data("x"))
"""data(x)"""


def critic(
    inputs: int, hidden: Sequence[int], activation: type[nn.Module] = nn.LeakyReLU
) -> nn.Module:
    """A perceptron from points (N, inputs) to logits (N,)."""
    return Logit(mlp(inputs, hidden, 1, activation))


def generated(body: nn.Module, latent_dim: int) -> Joint:
    """Return p = p(z) δ(x − G(z)), z normal, G the ``body``."""
    maker = Network(body, PointCode())
    return Joint("p", Factor("z", StandardNormal(latent_dim)), Factor("x", maker, given="z"))


def tell_apart(
    judge: nn.Module,
    real: Array,
    made: Array,
    steps: int,
    dual: Dual = NON_SATURATING,
    *,
    penalties: Sequence[Penalty] = (),
    project: Callable[[], None] | None = None,
    optimiser: Optimiser = Adam(1e-3),  # noqa: B008  a frozen value
    batch_size: int = 128,
    seed: int = 0,
    watch: Callable[[Training], None] | None = None,
) -> None:
    """Train a critic between two samples, (N, D) each, that stay as they are."""
    still = Network(nn.Identity(), PointCode())
    p = Joint("p", Data("made"), Factor("x", still, given="made"))
    game = adversarial(dual, REAL, p, judge, penalties=penalties, model_moves=0, project=project)
    learn(
        game,
        {"x": real, "made": made},
        steps,
        optimiser=optimiser,
        batch_size=batch_size,
        seed=seed,
        watch=watch,
    )


def generator_alone(game: Objective) -> Objective:
    """Return a game whose critic no longer learns."""
    return Objective({"model": game["model"]}, game.formula)


def logits(judge: nn.Module, x: Array) -> Array:
    """What a critic says of points (N, D), (N,)."""
    with torch.no_grad():
        found: Tensor = judge(tensor(x))
    return found.double().numpy()


def slopes(judge: nn.Module, x: Array) -> Array:
    """‖∇D‖ of a critic at points (N, D), (N,)."""
    return score(judge, (tensor(x),)).squared_slope().detach().double().sqrt().numpy()


def accuracy(judge: nn.Module, real: Array, made: Array) -> float:
    """The share of points, of equally weighted sides, whose logit has the right sign."""
    right = (logits(judge, real) > 0).mean() + (logits(judge, made) < 0).mean()
    return float(right / 2)


def entries(judge: nn.Module) -> Array:
    """The entries of all of a critic's weight matrices, end to end."""
    matrices = [w.detach().flatten() for w in judge.parameters() if w.dim() > 1]
    return torch.cat(matrices).double().numpy()


def polarised(judge: nn.Module) -> float:
    """The share of a critic's weights of at least .95 times the largest one's size."""
    sizes = np.abs(entries(judge))
    return float((sizes >= 0.95 * sizes.max()).mean())


def js_bound(judge: nn.Module, real: Array, made: Array) -> float:
    """The JS divergence, in nats, that a logistic critic vouches for on two samples.

    log 2 − ½ (its loss): with the best critic the divergence itself, with any other less.
    """
    loss = NON_SATURATING.critic(*(torch.from_numpy(logits(judge, x)) for x in (real, made)))
    return float(np.log(2) - loss / 2)
