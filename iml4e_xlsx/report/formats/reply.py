"""Writes the answer to a respondent as plain text, to be pasted into a mail."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from iml4e_xlsx.analysis.lost_answers import find_lost_answers
from iml4e_xlsx.findings.about_responses import is_missing
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.findings.finding_groups import FindingGroup, group_findings
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.spelling import quote_value
from iml4e_xlsx.text.texts import Texts

_WIDTH: Final = 76
_PAGE: Final = 60
"""So many lines at most: a mail of more than a page is not read to its end."""

_HEADINGS: Final = ("errors", "missing", "warnings", "notes")
_OPEN_SHEETS: Final = 12
"""So many sheets with open statements are named; then how many follow."""


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
    # What is open is said by sheet instead.
    findings = [finding for finding in outcome.findings if finding.code != "unanswered"]
    still_open = _describe_open(outcome, texts)
    listed, unlisted = list(group_findings(findings, texts)), 0
    while True:
        closing = _closing(findings, unlisted, texts, has_open=bool(still_open))
        parts = [start, *_list_groups(listed, texts), *still_open, closing]
        text = "\n\n".join(parts) + "\n"
        if text.count("\n") <= _PAGE or not listed:
            return ReplyText(text, unlisted)
        unlisted += _make_room(listed)


def _make_room(listed: list[FindingGroup]) -> int:
    """Shorten the last of some groups, or leave it out; return how many findings are lost by it."""
    # Cells without their contents still say all places.
    for at in reversed(range(len(listed))):
        if listed[at].ranges:
            listed[at] = replace(listed[at], places=listed[at].ranges, ranges=())
            return 0
    # What has a cell is marked there in the mended copy; a note asks for nothing.
    last = next((each for each in reversed(listed) if _can_go(each)), listed[-1])
    listed.remove(last)
    return 0 if last.severity is Severity.NOTE else len(last.findings)


def _can_go(group: FindingGroup) -> bool:
    return group.severity is Severity.NOTE or all(each.place.cell for each in group.findings)


def _describe_open(outcome: Assessment, texts: Texts) -> list[str]:
    """Return how many statements are open, and on which sheets; nothing if none is."""
    scheme, ids = outcome.scheme, find_lost_answers(outcome).still_open
    if not ids:
        return []
    areas = _list_sheets(ids, scheme, texts)
    return [_wrap_text(_flatten_text(texts("reply.open", count=len(ids), areas=areas)))]


def _list_sheets(ids: Sequence[str], scheme: Scheme, texts: Texts) -> Message:
    """List the sheets of some statements, with how many of them are on each."""
    counts = Counter(scheme.statements[id_].area for id_ in ids)
    sheets = [
        message(
            "reply.open_in",
            sheet=texts("sheet.area", code=code, short=scheme.area(code).short),
            count=count,
        )
        for code, count in counts.items()
    ]
    return list_names(sheets, _OPEN_SHEETS)


def list_open_sheets(outcome: Assessment) -> str:
    """List the sheets with open statements, and how many; empty if none is open."""
    ids = find_lost_answers(outcome).still_open
    if not ids:
        return ""
    texts = scheme_texts(outcome.scheme)
    return _flatten_text(texts.render(_list_sheets(ids, outcome.scheme, texts)))


def describe_findings(outcome: Assessment) -> ReplyText:
    """Write what is to be corrected or checked, for a mail with an introduction of its own."""
    texts = scheme_texts(outcome.scheme)
    findings = [
        finding
        for finding in outcome.findings
        if finding.code != "unanswered" and finding.severity is not Severity.NOTE
    ]
    listed, unlisted = list(group_findings(findings, texts)), 0
    while True:
        text = "\n\n".join(_list_groups(listed, texts))
        if text.count("\n") <= _PAGE or not listed:
            return ReplyText(text, unlisted)
        unlisted += _make_room(listed)


def advise_on_failure(failure: Failure, texts: Texts) -> str:
    """Return what somebody is to do whose file yielded no response."""
    key = f"reply.failed_{failure.code}"
    return texts(key if key in texts else "reply.failed_other")


def _closing(findings: Sequence[Finding], unlisted: int, texts: Texts, *, has_open: bool) -> str:
    # a note asks for nothing: a workbook with notes alone need not come back
    needs_change = any(finding.severity is not Severity.NOTE for finding in findings)
    if not needs_change:
        return _wrap_text(texts("reply.complete_so_far" if has_open else "reply.complete"))
    if unlisted:
        return _wrap_text(texts("reply.rest", count=unlisted))
    return _wrap_text(texts("reply.closing"))


def _describe_failure(failure: Failure, texts: Texts) -> str:
    name = _file_name(failure.source)
    advice = advise_on_failure(failure, texts)
    return f"{_wrap_text(texts('reply.failed', name=name))}\n\n{_wrap_text(advice)}\n"


def _file_name(source: str) -> str:
    return quote_value(PurePath(source).name)


def _list_groups(groups: Sequence[FindingGroup], texts: Texts) -> list[str]:
    """Return each heading with something below it, and the paragraphs."""
    parts: list[str] = []
    for heading in _HEADINGS:
        lines = [_group_lines(group) for group in groups if _heading_of(group) == heading]
        if lines:
            parts.append(_wrap_text(texts(f"reply.{heading}")))
            parts.append("\n".join(lines))
    return parts


def _heading_of(group: FindingGroup) -> str:
    """Return the heading of findings; what is missing is no answer that could not be read."""
    return "missing" if is_missing(group.findings[0]) else f"{group.severity.value}s"


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
