"""Where a person stands in words: what was mailed, and why somebody needs attention."""

from __future__ import annotations

from datetime import datetime

from iml4e_xlsx.campaign.people.participant import Participant
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.text.texts import Texts


def format_day(moment: datetime) -> str:
    """Return the day of a moment, in UTC."""
    return moment.date().isoformat()


def describe_mails(one: Participant, texts: Texts) -> str:
    """Return when the invitation left, and the reminders after it."""
    mail, reminder = one.invitation, one.last(MailKind.REMINDER)
    if mail is None:
        return ""
    said = [f"{format_day(mail.changed)} {texts(f'campaign.mail_{mail.state.value}')}"]
    gone = [each for each in one.reminders if not each.state.is_uncertain]
    if gone:
        many = "reminders" if len(gone) > 1 else "reminder"
        said.append(texts(f"campaign.and_{many}", count=len(gone)))
    if reminder is not None and reminder not in gone:
        state = texts(f"campaign.mail_{reminder.state.value}")
        said.append(texts("campaign.reminder_is", state=state))
    return ", ".join(said)


def describe_problem(one: Participant, texts: Texts) -> str:
    """Return in a sentence why a person needs attention; empty if none is needed."""
    failure = one.unread.restore_failure(texts) if one.unread else None
    if failure is not None:
        return failure.message
    if one.blank:
        return texts("campaign.blank")
    if one.stage in (Stage.MAIL_UNCERTAIN, Stage.MAIL_FAILED, Stage.NOT_MAILED):
        return _mail_problem(one, texts)
    errors = [
        finding
        for finding in (one.response.restore_findings(texts) if one.response else ())
        if finding.severity is Severity.ERROR
    ]
    if not errors:
        return ""
    place, said = errors[0].place, errors[0].message
    if place.sheet and place.cell and place.cell not in said:
        said = f"{place.sheet}, {place.cell}: {said}"
    more = texts("campaign.and_more", count=len(errors) - 1) if len(errors) > 1 else ""
    return f"{said} {more}".rstrip()


def _mail_problem(one: Participant, texts: Texts) -> str:
    """Return what became of a mail that may not have arrived, and what to do."""
    mail = one.deciding or one.invitation
    if mail is None:
        return ""
    return texts(
        f"campaign.problem_{mail.state.value}",
        kind=texts(f"campaign.kind_{mail.kind.value}"),
        command="send" if mail.kind is MailKind.INVITATION else "remind",
        words=mail.words.rstrip("."),
        mail=one.person.mail,
    )
