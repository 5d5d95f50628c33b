import numpy as np
import pytest
import torch

from kullback.data import Space
from kullback.evaluation.likelihood import likelihood
from kullback.lab.experiments.dimensions import FEATURES, _deviations, least_loss
from kullback.lab.learn import learn
from kullback.models.autoencoders import pca


@pytest.mark.parametrize("dimensions", [2, 3, 6])
def test_the_least_loss_is_that_of_principal_components(dimensions: int) -> None:
    drawn = np.random.default_rng(0).standard_normal((200, FEATURES))
    white = np.linalg.qr(drawn - drawn.mean(0))[0] * np.sqrt(len(drawn))
    x = (white * _deviations()).astype(np.float32)
    space = Space.of(x)
    rows = space.to_model(x)
    model = pca(space, dimensions)
    learn(model.objective, {"x": rows}, 1)
    found = likelihood(model.q, model.p, [{"x": torch.from_numpy(rows)}], draws=2, seed=0)
    assert -found.elbo.mean() == pytest.approx(least_loss(dimensions), abs=1e-3)


def test_no_dimension_beyond_the_factors_is_worth_anything() -> None:
    losses = [least_loss(d) for d in range(1, FEATURES)]
    assert losses[0] > losses[1] > losses[2] + 1
    np.testing.assert_allclose(losses[2:], losses[2])
