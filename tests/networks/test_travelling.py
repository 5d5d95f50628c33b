from __future__ import annotations

import pytest
import torch

from kullback.networks import Affine, CodeTable
from kullback.networks.travelling import Travelling


def test_it_begins_where_it_was_put_and_goes_ten_times_the_rate_in_a_step() -> None:
    start = torch.randn(4, 3)
    tensor = Travelling(start)
    torch.testing.assert_close(tensor(), start)
    optimiser = torch.optim.Adam(tensor.parameters(), lr=0.01)
    tensor().sum().backward()
    optimiser.step()  # Adam's first step is as long as its rate
    torch.testing.assert_close(tensor(), start - 0.1, atol=1e-5, rtol=0)


def test_an_affine_map_is_one_and_its_logits_begin_of_the_size_of_its_inputs() -> None:
    torch.manual_seed(0)
    affine, z = Affine(64, 256), torch.randn(100, 64)
    torch.testing.assert_close(affine(z), z @ affine.weight() + affine.bias())
    assert float(affine(z).square().mean().detach()) == pytest.approx(1, rel=0.15)
    assert not affine.bias().any()


def test_a_table_gives_each_row_its_code_and_begins_as_draws_of_the_normal_law() -> None:
    torch.manual_seed(0)
    table, index = CodeTable(5000, 3), torch.tensor([4, 0, 4])
    torch.testing.assert_close(table(index).mean, table.codes()[index])
    codes = table.codes().detach()
    torch.testing.assert_close(codes.mean(0), torch.zeros(3), atol=0.05, rtol=0)
    torch.testing.assert_close(codes.T.cov(), torch.eye(3), atol=0.08, rtol=0)
