"""Writes the answer to a respondent as plain text, to be pasted into a mail."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.texts import Texts

_WIDTH = 76
_HEADINGS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.NOTE: "notes"}


def write_reply(outcome: Assessment | Failure, texts: Texts | None = None) -> str:
    """
    Write the answer to a respondent: what could not be read, what to check, what to do.

    Texts of the workbook stand in it as one line each, without control characters.

    Args:
        outcome: The response with its findings, or why the file yielded none.
        texts: The language of a reply about a file that yielded no response, English by default;
            a reply about a response is in the language of its workbook.
    """
    if isinstance(outcome, Failure):
        return _describe_failure(outcome, texts or load_texts())
    texts = scheme_texts(outcome.scheme)
    overall = outcome.result.overall
    name = _flatten_text(PurePath(outcome.response.source).name)
    thanks = texts("reply.thanks", name=name, answered=overall.answered, count=overall.statements)
    parts = [_wrap_text(thanks)]
    for severity in Severity:
        findings = [finding for finding in outcome.findings if finding.severity is severity]
        if findings:
            parts.append(_wrap_text(texts(f"reply.{_HEADINGS[severity]}")))
            parts.extend(_list_by_sheet(findings, texts))
    # a note asks for nothing: a workbook with notes alone need not come back
    needs_change = any(finding.severity is not Severity.NOTE for finding in outcome.findings)
    parts.append(_wrap_text(texts("reply.closing" if needs_change else "reply.complete")))
    return "\n\n".join(parts) + "\n"


def _describe_failure(failure: Failure, texts: Texts) -> str:
    name = _flatten_text(PurePath(failure.source).name)
    key = f"reply.failed_{failure.code}"
    advice = texts(key if key in texts else "reply.failed_other")
    return f"{_wrap_text(texts('reply.failed', name=name))}\n\n{_wrap_text(advice)}\n"


def _list_by_sheet(findings: Sequence[Finding], texts: Texts) -> Iterator[str]:
    for sheet in dict.fromkeys(finding.place.sheet for finding in findings):
        name = texts("reply.workbook") if sheet is None else texts("reply.sheet", sheet=sheet)
        lines = [_wrap_text(_flatten_text(name), "  ")]
        lines += [_finding_line(finding) for finding in findings if finding.place.sheet == sheet]
        yield "\n".join(lines)


def _finding_line(finding: Finding) -> str:
    where = f"{finding.place.cell}: " if finding.place.cell else ""
    return _wrap_text(
        _flatten_text(f"- {where}{finding.message} {finding.action}"), "    ", "      "
    )


def _wrap_text(text: str, first: str = "", other: str | None = None) -> str:
    indent = first if other is None else other
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _flatten_text(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
