"""The report: runs side by side in one HTML file that needs nothing but itself."""

from kullback.report.comparison import write_comparison
from kullback.report.page import write_report

__all__ = ["write_comparison", "write_report"]
