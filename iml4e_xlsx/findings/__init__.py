"""
The catalogue of findings: one function per code, and the only place that makes a `Finding`.

The words stand in the interface texts under `findings.<code>`, so that they can be translated;
a function here fixes what a message of its code must be told.
"""

from __future__ import annotations

from dataclasses import dataclass

from iml4e_xlsx.findings.about_responses import ResponseFindings
from iml4e_xlsx.findings.about_rosters import RosterFindings
from iml4e_xlsx.findings.about_schemes import SchemeFindings
from iml4e_xlsx.findings.catalogue import QUOTED_LENGTH, quoted

__all__ = ["QUOTED_LENGTH", "Findings", "quoted"]


@dataclass(frozen=True, slots=True)
class Findings(ResponseFindings, SchemeFindings, RosterFindings):
    """Makes findings in the language of its texts."""
