from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Normal

from kullback.distributions import Delta, Noise
from kullback.objectives import (
    Batch,
    Factor,
    Follower,
    Joint,
    Objective,
    batch_statistics,
    has_batch_statistics,
)

ROWS = 4000


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(3), torch.ones(3)), 1)


class Normalised(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Sequential(
            nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2), nn.BatchNorm1d(2)
        )

    def forward(self, z: Tensor) -> Distribution:
        return Delta(self.body(z))


def rows() -> Iterator[Batch]:
    yield {"x": torch.zeros(ROWS, 2)}
    raise AssertionError("one batch is enough")


def wandered() -> tuple[Follower, Normalised, Objective]:
    """A network that moved far, and its average, whose statistics are copied from the former."""
    network = Normalised()
    p = Joint("p", Factor("z", Prior()), Factor("x", network, given="z"))
    follower = Follower(network, decay=0.5)
    for step in range(1, 6):
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(torch.randn(parameter.shape), alpha=0.7)
        network(torch.randn(64, 3))
        follower.follow(torch.tensor(step))
    return follower, network, batch_statistics(p, "x", follower)


def close(objective: Objective) -> None:
    (player,) = objective.values()
    assert player.closing
    assert player.solve is not None
    player.solve(rows)


def test_the_averaged_network_in_evaluation_is_then_what_it_is_in_training() -> None:
    follower, _, objective = wandered()
    z = torch.randn(ROWS, 3)
    with torch.no_grad():
        expected = copy.deepcopy(follower.module).train()(z).mean  # with this batch's statistics
        before = follower.module.eval()(z).mean
        close(objective)
        after = follower.module.eval()(z).mean
    assert float((after - expected).abs().mean()) < 0.06
    assert float((before - expected).abs().mean()) > 0.3


def test_it_changes_the_averages_statistics_only_and_every_time_to_the_same() -> None:
    follower, network, objective = wandered()
    source = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    weights = [parameter.clone() for parameter in follower.module.parameters()]
    close(objective)
    first = {name: tensor.clone() for name, tensor in follower.module.named_buffers()}
    torch.randn(5)  # the caller's random state has no say
    close(objective)
    for name, tensor in follower.module.named_buffers():
        assert torch.equal(tensor, first[name]) or name.endswith("num_batches_tracked")
    assert all(
        torch.equal(a, b) for a, b in zip(weights, follower.module.parameters(), strict=True)
    )
    assert all(torch.equal(source[name], tensor) for name, tensor in network.state_dict().items())


def test_layers_are_left_in_the_mode_and_with_the_momentum_they_had() -> None:
    follower, _, objective = wandered()
    follower.module.eval()
    close(objective)
    layers = [m for m in follower.module.modules() if isinstance(m, nn.BatchNorm1d)]
    assert [(layer.training, layer.momentum) for layer in layers] == 2 * [(False, 0.1)]


def test_only_batch_normalisation_has_batch_statistics() -> None:
    assert has_batch_statistics(Normalised())
    assert not has_batch_statistics(nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2)))


def test_the_draws_are_of_the_averaged_network() -> None:
    follower, _, objective = wandered()
    close(objective)
    state = follower.module.state_dict()
    z = Noise.seeded(ROWS, 3).normal(ROWS, 3)
    expected = (z @ state["body.0.weight"].T + state["body.0.bias"]).mean(0)
    torch.testing.assert_close(state["body.1.running_mean"], expected, atol=1e-5, rtol=1e-4)
    assert str(objective) == "batch statistics of the averaged p(x|z) from its own draws"
