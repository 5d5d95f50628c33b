"""A recipe's training as it stands before the first round: model, optimisers, rows, no state."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from kullback.data import Dataset
from kullback.distributions import seed_of
from kullback.errors import BadInput
from kullback.models.model import Model
from kullback.runs.columns import training_columns
from kullback.runs.recipe import Recipe
from kullback.training import Adam, Optimiser, RMSProp, Rows, Training

_UNPAIRED = 1  # a stream of the run's seed


def begin(
    recipe: Recipe, networks: Mapping[str, nn.Module], dataset: Dataset
) -> tuple[Model, Training]:
    """Build the recipe's model, and the training of it as it stands before the first round."""
    device = _device(recipe.device)
    entry, settings = recipe.entry, recipe.chosen
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        model = entry.build(recipe.outline, settings, networks)
    for module in [*model.networks.values(), *model.objective.modules.values()]:
        module.to(device)
    for follower in model.objective.followers.values():
        follower.module.to(device)
    optimisers = {
        name: _optimiser(recipe, name)
        for name, player in model.objective.items()
        if player.solve is None
    }
    order = dataset.batches(recipe.batch_size, recipe.seed)
    unpaired = None
    if dataset.source is not None:
        seed = seed_of(recipe.seed, _UNPAIRED)
        unpaired = dataset.source.batches(recipe.batch_size, seed)
    variables = training_columns(dataset, model.observed, unpaired)
    rows = Rows({name: column.to(device) for name, column in variables.items()}, order)
    model.settle(rows.spread())
    precision = torch.bfloat16 if recipe.precision == "bf16" else torch.float32
    training = Training(
        model.objective, optimisers, rows, recipe.seed, precision, compiled=recipe.compile
    )
    return model, training


def _optimiser(recipe: Recipe, player: str) -> Optimiser:
    settings, entry = recipe.chosen, recipe.entry
    rate = getattr(settings, "critic_lr" if player == "critic" else "lr")
    clip = getattr(settings, "clip", None)
    if entry.optimiser == "rmsprop":
        return RMSProp(rate, clip=clip)
    return Adam(rate, entry.betas, clip)


def _device(name: str) -> torch.device:
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise BadInput(f"--device is {name}, but torch {torch.__version__} finds no CUDA device")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise BadInput(f"--device is {name}, but torch {torch.__version__} finds no MPS device")
    return device
