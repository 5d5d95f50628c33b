"""pythae 0.1.2: its VAE of 784-512-16 and its trainer with defaults, in an environment of its own.

The reconstruction loss is its binary cross-entropy, as rows are bits. The clock runs on
``trainer.train()``, which logs every epoch and saves the last model, less the time in which the
NLL is estimated. A model of its own trains for a few steps before, as with every contender.
"""

from __future__ import annotations

import logging
import math
import time
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from contender import WARM_UP, answer
from pythae.data.datasets import BaseDataset  # type: ignore[import-not-found]
from pythae.models import VAE, VAEConfig  # type: ignore[import-not-found]
from pythae.trainers import BaseTrainer, BaseTrainerConfig  # type: ignore[import-not-found]
from pythae.trainers.training_callbacks import TrainingCallback  # type: ignore[import-not-found]
from torch import Tensor
from torch.nn.functional import binary_cross_entropy

DRAWS = 200


def measure(
    data: str,
    batch_size: int,
    threads: int,
    steps: int | None = None,
    epochs: int | None = None,
    held_out: str = "",
    seed: int = 0,
    **config: Any,
) -> dict[str, Any]:
    """Train on binary rows (N, 28, 28) for a number of steps, in one epoch's rows, or of epochs.

    With ``held_out``, a file of rows, ``curve`` is (seconds, NLL in nats) after every epoch.
    """
    torch.set_num_threads(threads)
    logging.getLogger("pythae").setLevel(logging.WARNING)
    rows = torch.from_numpy(np.load(data)).float()
    if steps is not None:
        epochs = max(1, round(steps * batch_size / len(rows)))
        rows = rows[: steps * batch_size // epochs]
    epochs = epochs or 1
    held = torch.from_numpy(np.load(held_out)).float() if held_out else rows[:0]

    def trained(rows: Tensor, epochs: int, held: Tensor) -> tuple[float, list[tuple[float, float]]]:
        torch.manual_seed(seed)
        model = VAE(
            VAEConfig(input_dim=(1, *rows.shape[1:]), latent_dim=16, reconstruction_loss="bce")
        )
        curve: list[tuple[float, float]] = []
        apart = 0.0

        class Watch(TrainingCallback):  # type: ignore[misc]
            def on_epoch_end(self, training_config: Any, **kwargs: Any) -> None:
                nonlocal apart
                stopped = time.perf_counter()
                curve.append((stopped - began - apart, nll(model, held)))
                apart += time.perf_counter() - stopped

        with TemporaryDirectory() as folder:
            trainer = BaseTrainer(
                model=model,
                train_dataset=BaseDataset(rows, torch.zeros(len(rows))),
                training_config=BaseTrainerConfig(
                    output_dir=folder,
                    per_device_train_batch_size=batch_size,
                    num_epochs=epochs,
                    seed=seed,
                    **config,
                ),
                callbacks=[Watch()] if len(held) else None,
            )
            began = time.perf_counter()
            trainer.train()
            return time.perf_counter() - began - apart, curve

    trained(rows[: WARM_UP * batch_size], 1, held[:0])
    seconds, curve = trained(rows, epochs, held)
    done = epochs * math.ceil(len(rows) / batch_size)
    return {"seconds": seconds, "steps": done, "curve": curve}


def nll(model: VAE, x: Tensor) -> float:
    """−log p(x) ≈ −log mean_k p(x|z_k) p(z_k)/q(z_k|x), z_k from q(z|x), mean over rows."""
    total = 0.0
    model.eval()
    with torch.no_grad():
        for rows in torch.split(x, 20):
            code = model.encoder(rows)
            mean, log_variance = code.embedding, code.log_covariance
            noise = torch.randn(DRAWS, *mean.shape)
            z = mean + torch.exp(0.5 * log_variance) * noise
            made = model.decoder(z.flatten(0, 1)).reconstruction.reshape(DRAWS, len(rows), -1)
            target = rows.flatten(1).expand_as(made)
            fit = -binary_cross_entropy(made, target, reduction="none").sum(2)
            # The constants of the two normal densities cancel.
            weight = fit + 0.5 * (noise.square() - z.square() + log_variance).sum(2)
            total -= float((torch.logsumexp(weight, 0) - math.log(DRAWS)).sum())
    return total / len(x)


if __name__ == "__main__":
    answer(measure)
