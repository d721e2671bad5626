"""Says in words what was mailed to a person, and why a person needs attention."""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import Any, Final

from iml4e_xlsx.campaign.people.participant import Participant
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.findings.finding_groups import group_findings
from iml4e_xlsx.text.moments import local_day
from iml4e_xlsx.text.texts import Texts

_WIDTH: Final = 76
"""How many characters a line of a reply has at most."""


def format_day(moment: datetime) -> str:
    """Return the day of a moment, in local time."""
    return local_day(moment).isoformat()


def describe_mails(participant: Participant, texts: Texts) -> str:
    """Say when the invitation left, and which reminders followed."""
    invitation = participant.invitation
    newest = participant.newest_mail(MailKind.REMINDER)
    if invitation is None:
        return ""
    parts = [f"{format_day(invitation.changed)} {texts(_label_key(invitation.state.value))}"]
    certain = [mail for mail in participant.reminders if not mail.state.is_uncertain]
    if certain:
        parts.append(texts("campaign.reminder_count", count=len(certain)))
    if newest is not None and newest not in certain:
        state = texts(_label_key(newest.state.value))
        parts.append(texts("campaign.reminder_is", state=state))
    return ", ".join(parts)


def _label_key(state: str) -> str:
    return f"mail_states.{state}.label"


def describe_problem(participant: Participant, texts: Texts) -> str:
    """Say why a person needs attention; empty if nothing has to be done."""
    unread = participant.unread_file
    failure = unread.restore_failure(texts) if unread is not None else None
    if failure is not None:
        return failure.message
    if participant.attendance.unread is not None:
        return _describe_unread(participant, texts, "campaign.unread_file")
    if participant.is_blank:
        return texts("campaign.blank")
    if has_mail_problem(participant):
        return _describe_mail_problem(participant, texts)
    return _describe_errors(participant, texts)


def _describe_errors(participant: Participant, texts: Texts) -> str:
    findings = participant.response.restore_findings(texts) if participant.response else ()
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return ""
    first = group_findings(errors, texts)[0]
    where = "; ".join(first.places)
    problem = (
        texts("campaign.problem_at", place=where, message=first.message) if where else first.message
    )
    if len(errors) == len(first.findings):
        return problem
    return f"{problem} {texts('campaign.and_more', count=len(errors) - len(first.findings))}"


def _describe_unread(participant: Participant, texts: Texts, key: str) -> str:
    """Say of a file of an anonymous round when it came, and why it could not be read."""
    attendance = participant.attendance
    assert attendance.unread is not None
    reason = texts(f"unread_reason.{attendance.code.value}") if attendance.code else ""
    return texts(key, day=attendance.unread.isoformat(), reason=reason)


def write_unread_reply(participant: Participant, texts: Texts) -> str:
    """Write to a person of an anonymous round that the last file from them cannot be read."""
    reply = _describe_unread(participant, texts, "campaign.unread_reply")
    return textwrap.fill(reply, _WIDTH) + "\n"


def has_mail_problem(participant: Participant) -> bool:
    """Tell whether what is wrong about a person is a mail that may not have arrived."""
    stages = (Stage.MAIL_UNCERTAIN, Stage.MAIL_FAILED, Stage.NOT_MAILED)
    return not participant.is_blank and participant.stage in stages


def _describe_mail_problem(participant: Participant, texts: Texts) -> str:
    mail = participant.decisive_mail or participant.invitation
    if mail is None:
        return ""
    return texts(
        f"mail_states.{mail.state.value}.problem",
        kind=texts(f"campaign.kind_{mail.kind.value}"),
        words=describe_words(mail.words, texts).rstrip("."),
    )


def describe_words(words: str, texts: Texts) -> str:
    """
    Return a server's words as they are, and a note of ours in the language of the texts.

    A note is a key, and behind a space the detail that its text may name.
    """
    note, _, detail = words.partition(" ")
    key = f"mail_notes.{note}"
    return texts(key, detail=detail) if key in texts else words


def make_mail_entry(mail: MailRecord, texts: Texts) -> dict[str, Any]:
    """Return a mail as data."""
    return {
        "kind": mail.kind.value,
        "number": mail.number,
        "state": mail.state.value,
        "message_id": mail.message_id,
        "changed": mail.changed.isoformat(),
        "words": describe_words(mail.words, texts),
    }
