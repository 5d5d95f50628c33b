"""Kullback: generative models as two joint distributions and a divergence made small."""
