"""The answer to a respondent as plain text, to be pasted into a mail."""

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
        return _failed(outcome, texts or load_texts())
    texts = scheme_texts(outcome.scheme)
    overall = outcome.result.overall
    name = _shown(PurePath(outcome.response.source).name)
    thanks = texts("reply.thanks", name=name, answered=overall.answered, total=overall.statements)
    parts = [_wrapped(thanks)]
    for severity in Severity:
        found = [finding for finding in outcome.findings if finding.severity is severity]
        if found:
            parts.append(_wrapped(texts(f"reply.{_HEADINGS[severity]}")))
            parts.extend(_by_sheet(found, texts))
    to_mend = any(finding.severity is not Severity.NOTE for finding in outcome.findings)
    parts.append(_wrapped(texts("reply.closing" if to_mend else "reply.complete")))
    return "\n\n".join(parts) + "\n"


def _failed(failure: Failure, texts: Texts) -> str:
    name = _shown(PurePath(failure.source).name)
    key = f"reply.failed_{failure.code}"
    what = texts(key if key in texts.entries else "reply.failed_other")
    return f"{_wrapped(texts('reply.failed', name=name))}\n\n{_wrapped(what)}\n"


def _by_sheet(findings: Sequence[Finding], texts: Texts) -> Iterator[str]:
    for sheet in dict.fromkeys(finding.place.sheet for finding in findings):
        name = texts("reply.workbook") if sheet is None else texts("reply.sheet", sheet=sheet)
        lines = [_wrapped(_shown(name), "  ")]
        lines += [_line(finding) for finding in findings if finding.place.sheet == sheet]
        yield "\n".join(lines)


def _line(finding: Finding) -> str:
    where = f"{finding.place.cell}: " if finding.place.cell else ""
    return _wrapped(_shown(f"- {where}{finding.message} {finding.action}"), "    ", "      ")


def _wrapped(text: str, first: str = "", other: str | None = None) -> str:
    indent = first if other is None else other
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
