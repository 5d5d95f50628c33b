"""Exact back ends: densities on a grid, and tables of probabilities."""
