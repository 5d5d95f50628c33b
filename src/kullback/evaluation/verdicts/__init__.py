"""Diseases of generative models: from measured evidence to a verdict and a remedy."""

from kullback.evaluation.verdicts.verdict import Grade, Verdict, graded

__all__ = ["Grade", "Verdict", "graded"]
