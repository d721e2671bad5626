"""What a facilitator is told of workbooks and mails: what was built, who gets what, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.people.participant_messages import format_day
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import MailPlan, NoMailReason, PersonNotMailed
from iml4e_xlsx.campaign.send.send import SendOutcome
from iml4e_xlsx.campaign.workbooks import BuildOutcome
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.lists import counted

_WHY: Final = {
    NoMailReason.SENT: ("was sent one", "were sent one"),
    NoMailReason.DRAFTED: ("has a draft", "have a draft"),
    NoMailReason.SENDING: ("may have one: uncertain", "may have one: uncertain"),
    NoMailReason.UNCERTAIN: ("may have one: uncertain", "may have one: uncertain"),
    NoMailReason.REFUSED: ("was refused by the server", "were refused by the server"),
    NoMailReason.BOUNCED: ("has one that came back", "have one that came back"),
    NoMailReason.RETURNED: ("has returned the workbook", "have returned the workbook"),
    NoMailReason.PROBLEMS: (
        "has returned a file that could not be read: see status --reply",
        "have returned a file that could not be read: see status --reply",
    ),
    NoMailReason.NOT_INVITED: ("was not sent a workbook yet", "were not sent a workbook yet"),
    NoMailReason.TOO_SOON: ("was mailed too short a time ago", "were mailed too short a time ago"),
    NoMailReason.ENOUGH: ("was reminded often enough", "were reminded often enough"),
}
"""Why somebody gets no mail, of one person and of several."""

_URGENT: Final = (
    NoMailReason.SENDING,
    NoMailReason.UNCERTAIN,
    NoMailReason.REFUSED,
    NoMailReason.BOUNCED,
    NoMailReason.PROBLEMS,
)
"""What the facilitator has to see to, person by person."""

_COMMANDS: Final = {MailKind.INVITATION: "send", MailKind.REMINDER: "remind"}
_MAY_HAVE_LEFT: Final = {
    NoMailReason.SENDING: "sending or drafting it was interrupted, or goes on in another process",
    NoMailReason.UNCERTAIN: "the server's answer was lost",
}
_NAMED: Final = 10
"""ReadingOptions many people a message names before it counts the others."""

_FATES: Final = {
    MailState.REFUSED: "refused",
    MailState.DEFERRED: "not taken now, to be sent again",
    MailState.UNCERTAIN: "uncertain, the server's answer was lost",
}


def built_said(done: BuildOutcome, campaign: Campaign) -> Iterator[str]:
    """Yield what a build did, and what follows from it."""
    people = len(done.made) + done.unchanged
    made = counted(len(done.made), "workbook", "workbooks")
    yield (
        f"{counted(people, 'person', 'people')}: {made} made, {done.unchanged} up to date, in "
        f"{campaign.workbooks}."
    )
    if done.with_previous:
        yield f"Workbooks that show an earlier result: {done.with_previous}."
    for person, lost in done.namesakes:
        yield (
            f"{person.name} is in the roster as {person.mail}, and no longer as {lost.mail}, who "
            "was mailed or has answered. If that is one person with another address: iml4e "
            f"campaign readdress {lost.mail} {person.mail}"
        )
    if done.mailed:
        yield (
            f"Had been mailed an earlier workbook: {listed(done.mailed)}. To send the new one: "
            "iml4e campaign send --smtp --again MAIL"
        )
    if done.other_language:
        found = {campaign.choose_language(person.language) for person in done.other_language}
        yield (
            f"The scheme is not in the language {', '.join(sorted(found))}: the workbooks of "
            f"{counted(len(done.other_language), 'person', 'people')} are in "
            f"{campaign.load_scheme().language}; the mails are in the language that was asked for."
        )
    if done.unlisted:
        yield (
            f"No longer in the roster: {listed(done.unlisted)}. No mail goes to them; what they "
            "have returned, or still return, counts. To erase somebody: iml4e campaign forget MAIL"
        )


def listed(people: Sequence[Person]) -> str:
    """Return the addresses of some people, of many the first ones and how many more there are."""
    names = ", ".join(person.mail for person in people[:_NAMED])
    return names + (f" and {len(people) - _NAMED} more" if len(people) > _NAMED else "")


def plan_views(plan: MailPlan, campaign: Campaign, today: date) -> list[ResultTable]:
    """Return who would get which mail, and who would get none: how many, and whom to see to."""
    letters = MailComposer(campaign, today)
    rows = []
    for entry in plan.entries:
        file = PurePosixPath(entry.built.file).name
        subject = letters.letter(entry.person, plan.kind, file).subject
        rows.append((entry.person.name, entry.person.mail, subject, file))
    columns = (
        Column("name", "Name"),
        Column("mail", "Mail"),
        Column("subject", "Subject", dispensable=1),
        Column("file", "Workbook", dispensable=2),
    )
    views = [
        ResultTable(
            name="mails",
            title=f"Who would get the {plan.kind.value}",
            columns=columns,
            rows=tuple(rows),
            note="" if rows else "Nobody.",
        )
    ]
    urgent = [one for one in plan.held if one.why in _URGENT or one.named]
    if urgent:
        views.append(_urgent_view(urgent))
    return views


def _urgent_view(held: Sequence[PersonNotMailed]) -> ResultTable:
    columns = (
        Column("name", "Name"),
        Column("mail", "Mail"),
        Column("why", "Why", ColumnKind.LONG),
        Column("since", "Since", dispensable=1),
    )
    return ResultTable(
        name="held",
        title="Who gets none and is to be seen to",
        columns=columns,
        rows=tuple((one.person.name, one.person.mail, _why(one), _since(one)) for one in held),
    )


def named_said(plan: MailPlan) -> Iterator[str]:
    """Yield why those get none for whom one was asked by their address."""
    for one in plan.held:
        if one.named:
            yield f"{one.person.mail} gets none: {_why(one)}."


def _why(one: PersonNotMailed) -> str:
    why = _WHY[one.why][0]
    return f"{why}: {one.words}" if one.words else why


def _since(one: PersonNotMailed) -> str:
    return format_day(one.since) if one.since else ""


def held_said(plan: MailPlan) -> str:
    """Return how many get no mail now and why, in a sentence; empty if there is nobody."""
    counts = Counter(_WHY[one.why] for one in plan.held)
    parts = [f"{count} {words[count > 1]}" for words, count in counts.items()]
    soonest = min((one.until for one in plan.held if one.until), default=None)
    later = f" The first reminder may leave from {moment_said(soonest)} on." if soonest else ""
    return f"Gets none now: {'; '.join(parts)}.{later}" if parts else ""


def moment_said(moment: datetime) -> str:
    """Return a moment as people read it, to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def deadline_said(plan: MailPlan, campaign: Campaign, today: date) -> str:
    """Return that the deadline is over, where mails are to leave nevertheless; else nothing."""
    deadline = campaign.settings.deadline
    if deadline is None or deadline >= today or not plan.entries:
        return ""
    return (
        f"The deadline {deadline.isoformat()} has passed; mails name none. To name another one, "
        f"change deadline in {campaign.folder / SETTINGS_FILE}."
    )


def drafts_said(paths: Sequence[Path]) -> str:
    """Return how many drafts were written, where to, and what is to be done with them."""
    if not paths:
        return "Wrote no draft: nobody gets one now."
    said = f"Wrote {counted(len(paths), 'draft', 'drafts')} to {paths[0].parent}. "
    if len(paths) == 1:
        return f"{said}It counts as mailed from now on; open and send it."
    return f"{said}They count as mailed from now on; open each and send it."


def fates_said(done: SendOutcome) -> Iterator[str]:
    """Yield what became of the mails that did not simply leave, then how many of each there are."""
    for state, words in _FATES.items():
        for fate in done.of(state):
            yield f"{fate.entry.person.mail}: {words}: {fate.words}"
    counts = {"Sent": len(done.of(MailState.SENT))}
    counts |= {state.value.capitalize(): len(done.of(state)) for state in _FATES}
    counts["Left to another process that is sending them"] = len(done.of(None))
    counts["Left for the next time"] = done.left
    yield " ".join(f"{what}: {n}." for what, n in counts.items() if n or what == "Sent")


def unreached_said(plan: MailPlan, done: SendOutcome) -> str:
    """Return what to do about mails that were refused or came back; empty if there are none."""
    unreached = {
        (one.kind or plan.kind, one.why.value)
        for one in plan.held
        if one.why in (NoMailReason.REFUSED, NoMailReason.BOUNCED)
    }
    unreached |= {
        (fate.entry.kind, NoMailReason.REFUSED.value) for fate in done.of(MailState.REFUSED)
    }
    if not unreached:
        return ""
    commands = [
        f"iml4e campaign {command} --smtp {again}"
        for kind, command in _COMMANDS.items()
        if (again := " ".join(sorted(f"--again {word}" for of, word in unreached if of is kind)))
    ]
    return (
        "Where a mail was refused or came back, correct the address in the roster, then build and "
        f"send; or try once more: {', '.join(commands)}"
    )


def uncertain_said(plan: MailPlan, done: SendOutcome | None = None) -> Iterator[str]:
    """
    Yield what to do about mails that may have left or not; nothing if there are none.

    Those that were so before are listed; what was sent now has been said by `fates_said`.
    """
    before = plan.uncertain
    if before:
        yield (
            f"{len(before)} uncertain: these mails may have left or not, and are not sent again "
            "by themselves:"
        )
    for one in before:
        since = f"  since {moment_said(one.since)}" if one.since else ""
        words = f" ({one.words.rstrip('.')})" if one.words else ""
        yield f"  {one.person.mail}{since}: {_MAY_HAVE_LEFT[one.why]}{words}"
    kinds = {one.kind for one in before}
    kinds |= {fate.entry.kind for fate in done.of(MailState.UNCERTAIN)} if done else set()
    if kinds:
        commands = [
            f"iml4e campaign {command} --smtp --again uncertain"
            for kind, command in _COMMANDS.items()
            if kind in kinds
        ]
        yield (
            "Look for them in the server's log, among the sent mails or the drafts, then: iml4e "
            "campaign settle MAIL --sent (or --not-sent); or send them once more: "
            f"{', '.join(commands)}"
        )
