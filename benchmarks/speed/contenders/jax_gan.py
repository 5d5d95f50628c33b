"""The rounds of ``gan`` and ``wgan-gp`` in JAX: many of them as one ``lax.scan``, compiled whole.

What XLA makes of the same networks, penalties, moves, Adam and moving average, with rows on the
device and batches drawn inside. JAX has no option for threads: the process is kept to as many
processors.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax  # type: ignore[import-not-found]
import numpy as np
from contender import answer
from games import DECAY, GAMES, HIDDEN, LATENT, LR
from jax import lax, random
from jax import numpy as jnp

CHUNK = 100


def begun(key: Any, *widths: int) -> list[tuple[Any, Any]]:
    """Return weights and biases of layers of these widths."""
    keys = random.split(key, len(widths) - 1)
    return [
        (random.normal(k, (a, b)) * (2 / a) ** 0.5, jnp.zeros(b))
        for k, a, b in zip(keys, widths, widths[1:], strict=False)
    ]


def mlp(layers: Any, x: Any, activation: Callable[[Any], Any]) -> Any:
    """Layers with an activation after each but the last."""
    *hidden, (last, offset) = layers
    for weight, bias in hidden:
        x = activation(x @ weight + bias)
    return x @ last + offset


def generate(layers: Any, z: Any) -> Any:
    """The generator: (B, LATENT) → (B, D)."""
    return mlp(layers, z, jax.nn.silu)


def critic(layers: Any, x: Any) -> Any:
    """The critic: (B, D) → (B,)."""
    return mlp(layers, x, jax.nn.leaky_relu)[..., 0]


def critic_loss(layers: Any, real: Any, made: Any, key: Any, model: str) -> Any:
    """The critic's loss and penalty: R1 for ``gan``, unit slope for ``wgan-gp``."""

    def squared_slope(x: Any) -> Any:
        return jnp.square(jax.grad(lambda at: critic(layers, at).sum())(x)).sum(1)

    if model == "gan":
        scores = jax.nn.softplus(-critic(layers, real)) + jax.nn.softplus(critic(layers, made))
        return scores.mean() + 0.5 * squared_slope(real).mean()
    share = random.uniform(key, (len(real), 1))
    norm = jnp.sqrt(squared_slope(share * real + (1 - share) * made) + 1e-12)
    return (critic(layers, made) - critic(layers, real) + jnp.square(norm - 1)).mean()


def generator_loss(layers: Any, judge: Any, z: Any, model: str) -> Any:
    """The generator's loss."""
    scores = critic(judge, generate(layers, z))
    return (jax.nn.softplus(-scores) if model == "gan" else -scores).mean()


def adam(
    parameters: Any, moments: Any, gradients: Any, betas: tuple[float, float]
) -> tuple[Any, Any]:
    """Return the parameters and moments after a step."""
    first, second, count = moments
    (b1, b2), count = betas, count + 1
    first = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, first, gradients)
    second = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, second, gradients)

    def moved(p: Any, m: Any, v: Any) -> Any:
        return p - LR * (m / (1 - b1**count)) / (jnp.sqrt(v / (1 - b2**count)) + 1e-8)

    return jax.tree.map(moved, parameters, first, second), (first, second, count)


def play(model: str, batch_size: int, rows: Any, state: Any, key: Any) -> tuple[Any, Any]:
    """One round: the critic's moves, the generator's, and the average of its weights."""
    generator, judge, average, generator_moments, critic_moments = state
    moves, betas = GAMES[model]
    slope_of = jax.value_and_grad(critic_loss)
    loss = jnp.zeros(())
    for each in random.split(key, moves):
        drawn, latent, mixing = random.split(each, 3)
        real = rows[random.randint(drawn, (batch_size,), 0, len(rows))]
        made = generate(generator, random.normal(latent, (batch_size, LATENT)))
        loss, slope = slope_of(judge, real, made, mixing, model)
        judge, critic_moments = adam(judge, critic_moments, slope, betas)
    z = random.normal(random.fold_in(key, moves), (batch_size, LATENT))
    slope = jax.grad(generator_loss)(generator, judge, z, model)
    generator, generator_moments = adam(generator, generator_moments, slope, betas)
    average = jax.tree.map(lambda a, p: a + (1 - DECAY) * (p - a), average, generator)
    return (generator, judge, average, generator_moments, critic_moments), loss


def measure(model: str, data: str, batch_size: int, steps: int, threads: int) -> dict[str, Any]:
    """Play on points (N, D) by the clock; ``compiling`` is what the first scan took longer."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    points = np.load(data)
    rows = jnp.asarray((points - points.mean(0)) / points.std())
    generator = begun(random.key(1), LATENT, HIDDEN, HIDDEN, points.shape[1])
    judge = begun(random.key(2), points.shape[1], HIDDEN, HIDDEN, 1)

    def still(layers: Any) -> Any:
        zeros = [jax.tree.map(jnp.zeros_like, layers) for _ in range(2)]
        return (*zeros, jnp.zeros(()))

    average = jax.tree.map(jnp.copy, generator)
    state = (generator, judge, average, still(generator), still(judge))
    chunk = min(CHUNK, steps)

    @partial(jax.jit, donate_argnums=0)
    def many(state: Any, key: Any) -> Any:
        return lax.scan(partial(play, model, batch_size, rows), state, random.split(key, chunk))

    def timed(state: Any, scans: int) -> tuple[Any, float]:
        began = time.perf_counter()
        losses = jnp.zeros(1)
        for k in range(scans):
            state, losses = many(state, random.key(k))
        assert bool(jnp.isfinite(losses[-1])), "the game broke down"
        return jax.block_until_ready(state), time.perf_counter() - began

    state, first = timed(state, 1)
    state, again = timed(state, 1)
    scans = max(1, steps // chunk)
    state, seconds = timed(state, scans)
    return {"seconds": seconds, "steps": scans * chunk, "compiling": first - again}


if __name__ == "__main__":
    answer(measure)
