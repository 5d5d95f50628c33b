"""Diseases of generative models: from measured evidence to a verdict and a remedy."""

from kullback.evaluation.verdicts.verdict import SEVERITY, Disease, Grade, Verdict, graded

__all__ = ["SEVERITY", "Disease", "Grade", "Verdict", "graded"]
