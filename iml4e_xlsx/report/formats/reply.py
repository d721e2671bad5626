"""Writes the answer to a respondent as plain text, to be pasted into a mail."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.findings.finding_groups import FindingGroup, group_findings
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.spelling import quote_value
from iml4e_xlsx.text.texts import Texts

_WIDTH: Final = 76
_PAGE: Final = 60
"""So many lines at most: a mail of more than a page is not read to its end."""

_HEADINGS: Final = {
    Severity.ERROR: "errors",
    Severity.WARNING: "warnings",
    Severity.NOTE: "notes",
}


@dataclass(frozen=True, slots=True)
class ReplyText:
    """The text of a reply, and how many findings it has no room for: the mended copy has them."""

    text: str
    unlisted: int = 0


def write_reply(outcome: Assessment | Failure, texts: Texts | None = None) -> str:
    """
    Write the answer to a respondent: what could not be read, what to check, what to do.

    It is no longer than a page; `compose_reply` also says what it has no room for. Texts of the
    workbook stand in it as one line each, without control characters.

    Args:
        outcome: The response with its findings, or why the file yielded none.
        texts: The language of a reply about a file that yielded no response, English by default;
            a reply about a response is in the language of its workbook.
    """
    return compose_reply(outcome, texts).text


def compose_reply(outcome: Assessment | Failure, texts: Texts | None = None) -> ReplyText:
    """Write the reply to a respondent as `write_reply` does, and count what it leaves out."""
    if isinstance(outcome, Failure):
        return ReplyText(_describe_failure(outcome, texts or load_texts()))
    texts = scheme_texts(outcome.scheme)
    overall = outcome.result.overall
    name = _file_name(outcome.response.source)
    thanks = texts("reply.thanks", name=name, answered=overall.answered, count=overall.statements)
    start = _wrap_text(thanks)
    listed, unlisted = list(group_findings(outcome.findings, texts)), 0
    while True:
        parts = [start, *_list_groups(listed, texts), _closing(outcome.findings, unlisted, texts)]
        text = "\n\n".join(parts) + "\n"
        if text.count("\n") <= _PAGE or not listed:
            return ReplyText(text, unlisted)
        # What has a cell is marked there in the mended copy; a note asks for nothing.
        last = next((each for each in reversed(listed) if _can_go(each)), listed[-1])
        listed.remove(last)
        if last.severity is not Severity.NOTE:
            unlisted += len(last.findings)


def _can_go(group: FindingGroup) -> bool:
    return group.severity is Severity.NOTE or all(each.place.cell for each in group.findings)


def _closing(findings: Sequence[Finding], unlisted: int, texts: Texts) -> str:
    # a note asks for nothing: a workbook with notes alone need not come back
    needs_change = any(finding.severity is not Severity.NOTE for finding in findings)
    if not needs_change:
        return _wrap_text(texts("reply.complete"))
    if unlisted:
        return _wrap_text(texts("reply.rest", count=unlisted))
    return _wrap_text(texts("reply.closing"))


def _describe_failure(failure: Failure, texts: Texts) -> str:
    name = _file_name(failure.source)
    key = f"reply.failed_{failure.code}"
    advice = texts(key if key in texts else "reply.failed_other")
    return f"{_wrap_text(texts('reply.failed', name=name))}\n\n{_wrap_text(advice)}\n"


def _file_name(source: str) -> str:
    return quote_value(PurePath(source).name)


def _list_groups(groups: Sequence[FindingGroup], texts: Texts) -> list[str]:
    """Return a heading for each severity, and the paragraphs below it."""
    parts: list[str] = []
    for severity in Severity:
        lines = [_group_lines(group) for group in groups if group.severity is severity]
        if lines:
            parts.append(_wrap_text(texts(f"reply.{_HEADINGS[severity]}")))
            parts.append("\n".join(lines))
    return parts


def _group_lines(group: FindingGroup) -> str:
    """Return a finding behind its place; several of one kind above the list of their places."""
    if len(group.findings) == 1:
        return _wrap_item(str(group))
    places = [_wrap_text(_flatten_text(place), "      ", "        ") for place in group.places]
    return "\n".join([_wrap_item(group.sentences), *places])


def _wrap_item(text: str) -> str:
    return _wrap_text(_flatten_text(f"- {text}"), "  ", "    ")


def _wrap_text(text: str, first: str = "", other: str | None = None) -> str:
    indent = first if other is None else other
    return textwrap.fill(
        text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
    )


def _flatten_text(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
