"""
The catalogue of findings: one function per code, and the only place that makes a `Finding`.

The words stand in the interface texts under `findings.<code>`, so that they can be translated;
a function here fixes what a message of its code must be told.
"""

from __future__ import annotations

from dataclasses import dataclass

from iml4e_xlsx.findings.base import QUOTED_LENGTH, quoted
from iml4e_xlsx.findings.responses import ResponseFindings
from iml4e_xlsx.findings.rosters import RosterFindings
from iml4e_xlsx.findings.schemes import SchemeFindings

__all__ = ["QUOTED_LENGTH", "Findings", "quoted"]


@dataclass(frozen=True, slots=True)
class Findings(ResponseFindings, SchemeFindings, RosterFindings):
    """Makes findings in the language of its texts."""
