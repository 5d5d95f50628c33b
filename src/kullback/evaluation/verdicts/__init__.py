"""Diseases of generative models: from measured evidence to a verdict and a remedy."""

from kullback.evaluation.verdicts.verdict import Disease, Verdict

__all__ = ["Disease", "Verdict"]
