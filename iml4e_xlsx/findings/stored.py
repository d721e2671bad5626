"""Packs findings and failures as codes and values, which a record keeps, and makes them again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from iml4e_xlsx.findings.about_files import make_failure, reword_failure
from iml4e_xlsx.findings.catalogue import make_finding
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.text.message import pack_values, unpack_values
from iml4e_xlsx.text.spelling import path_text
from iml4e_xlsx.text.texts import Texts

MISFITS: Final = (AttributeError, KeyError, TypeError, ValueError)
"""What unpacking raises if an entry was edited by hand or lacks what the texts of today name."""


def pack_finding(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON can hold it, without a sentence of any language."""
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "place": {
            name: value for name, value in finding.place._asdict().items() if value is not None
        },
        "statement": finding.statement,
        "subject": finding.subject,
        "values": pack_values(finding.values),
    }


def unpack_finding(packed: Any, texts: Texts) -> Finding:
    """
    Return the finding that `pack_finding` packed, in the language of the texts.

    A finding of a record from before values were kept has its sentences instead, as they were.
    An entry that fits no text becomes a finding that says so: the other entries count.
    """
    try:
        return _make_finding_again(packed, texts)
    except MISFITS:
        entry = packed if isinstance(packed, Mapping) else {}
        return Finding(
            severity=packed_severity(packed),
            code=str(entry.get("code", "")),
            place=_readable_place(entry.get("place")),
            message=texts("stored.finding", code=str(entry.get("code", ""))),
            action=texts("stored.action"),
        )


def packed_severity(packed: Any) -> Severity:
    """Return the severity of a packed finding; a warning if the entry does not say it."""
    try:
        return Severity(packed["severity"])
    except MISFITS:
        return Severity.WARNING


def _readable_place(packed: Any) -> Place:
    try:
        return Place(**packed)
    except TypeError:
        return Place(source="")


def _make_finding_again(packed: Mapping[str, Any], texts: Texts) -> Finding:
    severity, place = Severity(packed["severity"]), Place(**packed["place"])
    if "values" not in packed:
        names = ("code", "message", "found", "expected", "action", "statement", "subject")
        return Finding(severity=severity, place=place, **{name: packed[name] for name in names})
    return make_finding(
        texts,
        severity,
        packed["code"],
        place,
        statement=packed["statement"],
        subject=packed["subject"],
        values=unpack_values(packed["values"]),
    )


def pack_failure(failure: Failure) -> dict[str, Any]:
    """Return a failure's code and values as JSON can hold them; its source stands beside them."""
    packed = {"code": failure.code.value, "values": pack_values(failure.values)}
    return {**packed, "text_key": failure.text_key} if failure.text_key else packed


def unpack_failure(packed: Mapping[str, Any], source: str, texts: Texts) -> Failure:
    """
    Return the failure that `pack_failure` packed, in the language of the texts.

    A failure of a record from before values were kept has its sentence instead, as it was. An
    entry that fits no text becomes a failure that says so: the file still could not be read.
    """
    try:
        return _make_failure_again(packed, source, texts)
    except MISFITS:
        code = packed.get("code", "")
        known = FailureCode(code) if code in set(FailureCode) else FailureCode.DEFECT
        shown = path_text(source)
        words = texts("stored.failure", source=shown, code=code)
        values = {"code": code}
        return Failure(
            source=shown, code=known, message=words, values=values, text_key="stored.failure"
        )


def _make_failure_again(packed: Mapping[str, Any], source: str, texts: Texts) -> Failure:
    code, values = FailureCode(packed["code"]), unpack_values(packed["values"])
    if "message" in packed:
        return Failure(source=source, code=code, message=packed["message"], values=values)
    if "text_key" in packed:
        usual = Failure(source=path_text(source), code=code, message="", values=values)
        return reword_failure(texts, usual, packed["text_key"])
    return make_failure(texts, code, source, **values)
