"""Findings of every code with sample values, and texts in a language that marks its words."""

from __future__ import annotations

import inspect
from datetime import date

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.texts import Texts

FINDING_CODES = tuple(
    name.replace("_", "-")
    for name, _ in inspect.getmembers(FindingCatalogue, inspect.isfunction)
    if not name.startswith("_")
)

SAMPLES: dict[str, object] = {
    "place": Place(source="returned.xlsx", sheet="DG", cell="D5"),
    "statement": "DG-01",
    "reliable": True,
    # `target` and `estimate` are the two kinds of levels that people enter
    "kind": "target",
}


def finding_of(code: str, catalogue: FindingCatalogue) -> Finding:
    """Make a finding of a code; each value is the name of its parameter, a number or a day."""
    function = getattr(catalogue, code.replace("-", "_"))
    values = {}
    for name, parameter in inspect.signature(function).parameters.items():
        kind = str(parameter.annotation)
        of_kind = {"int": 3, "date": date(2026, 11, 23)}
        values[name] = SAMPLES.get(name, of_kind.get(kind, f"a {name}"))
    finding: Finding = function(**values)
    return finding


def marked_texts() -> Texts:
    """Return the texts of another language: English with each text between angle brackets."""
    entries = {key: f"<{text}>" for key, text in load_texts().entries.items()}
    return Texts("en", entries)
