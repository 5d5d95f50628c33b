"""Diseases of generative models: from measured evidence to a verdict and a remedy."""

from kullback.evaluation.verdicts.verdict import Disease, Grade, Verdict, graded

__all__ = ["Disease", "Grade", "Verdict", "graded"]
