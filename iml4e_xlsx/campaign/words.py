"""What a facilitator is told: who gets which mail, what became of it, what was taken in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from iml4e_xlsx.campaign.building import Build
from iml4e_xlsx.campaign.collecting import Collection, Taken
from iml4e_xlsx.campaign.folder import Campaign
from iml4e_xlsx.campaign.letters import Letters
from iml4e_xlsx.campaign.outbox import Held, HeldBack, Plan
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returns import ReturnState
from iml4e_xlsx.campaign.sending import Sending
from iml4e_xlsx.errors import Severity
from iml4e_xlsx.model import Assessment, Failure
from iml4e_xlsx.report.view import Column, Kind, View
from iml4e_xlsx.texts import counted

_WHY: Final = {
    Held.SENT: "was sent one",
    Held.DRAFTED: "has a draft",
    Held.UNCERTAIN: "may have one: uncertain",
    Held.REFUSED: "was refused by the server",
    Held.BOUNCED: "came back as undeliverable",
    Held.RETURNED: "has returned the workbook",
    Held.PROBLEMS: "has returned a file that could not be read: see status --reply",
    Held.NOT_INVITED: "was not sent a workbook yet",
    Held.TOO_SOON: "was mailed too short a time ago",
    Held.ENOUGH: "was reminded often enough",
}
_NAMED: Final = 10
"""How many people a message names before it counts the others."""

_FATES: Final = {
    MailState.REFUSED: "refused",
    MailState.DEFERRED: "not taken now, to be sent again",
    MailState.UNCERTAIN: "uncertain, the server's answer was lost",
}


def built_said(done: Build, campaign: Campaign) -> Iterator[str]:
    """Yield what a build did, and what follows from it."""
    people = len(done.made) + done.unchanged
    made = counted(len(done.made), "workbook", "workbooks")
    yield (
        f"{counted(people, 'person', 'people')}: {made} made, {done.unchanged} up to date, in "
        f"{campaign.workbooks}."
    )
    if done.with_previous:
        yield f"Workbooks that show an earlier result: {done.with_previous}."
    for person, mail in done.moved:
        yield (
            f"{person.name} was {mail} and is {person.mail} now: the same person, with the same "
            "workbook and answers. If it is somebody else, give the row another name or team."
        )
    if done.mailed:
        yield (
            f"Had been mailed an earlier workbook, or at an earlier address: "
            f"{_listed(done.mailed)}. To send the new one: iml4e campaign send --smtp --again MAIL"
        )
    if done.other_language:
        found = {campaign.language_of(person.language) for person in done.other_language}
        yield (
            f"The scheme is not in the language {', '.join(sorted(found))}: the workbooks of "
            f"{counted(len(done.other_language), 'person', 'people')} are in "
            f"{campaign.scheme().language}; the mails are in the language that was asked for."
        )
    if done.unlisted:
        yield (
            f"No longer in the roster: {_listed(done.unlisted)}. No mail goes to them; what they "
            "have returned, or still return, counts. To erase somebody: iml4e campaign forget MAIL"
        )


def _listed(people: Sequence[Person]) -> str:
    names = ", ".join(person.mail for person in people[:_NAMED])
    return names + (f" and {len(people) - _NAMED} more" if len(people) > _NAMED else "")


def plan_views(plan: Plan, campaign: Campaign) -> list[View]:
    """Return who would get which mail, and who would get none, and why."""
    letters = Letters(campaign)
    rows = []
    for entry in plan.entries:
        file = PurePosixPath(entry.built.file).name
        subject = letters.letter(entry.person, plan.kind, file).subject
        rows.append((entry.person.name, entry.person.mail, subject, file))
    columns = ("name", "Name"), ("mail", "Mail"), ("subject", "Subject"), ("file", "Workbook")
    views = [
        View(
            name="mails",
            title=f"Who would get the {plan.kind.value}",
            columns=tuple(Column(*pair) for pair in columns),
            rows=tuple(rows),
            note="" if rows else "Nobody.",
        )
    ]
    if plan.held:
        views.append(_held_view(plan))
    return views


def _held_view(plan: Plan) -> View:
    columns = ("name", "Name"), ("mail", "Mail"), ("why", "Why"), ("since", "Since")
    return View(
        name="held",
        title="Who gets none now",
        columns=tuple(Column(*pair) for pair in columns),
        rows=tuple((one.person.name, one.person.mail, _why(one), _since(one)) for one in plan.held),
    )


def _why(one: HeldBack) -> str:
    return f"{_WHY[one.why]}: {one.words}" if one.words else _WHY[one.why]


def _since(one: HeldBack) -> str:
    return one.since.date().isoformat() if one.since else ""


def fates_said(done: Sending) -> Iterator[str]:
    """Yield what became of the mails that did not simply leave, then how many of each there are."""
    for state, words in _FATES.items():
        for fate in done.of(state):
            yield f"{fate.entry.person.mail}: {words}: {fate.words}"
    counts = {"Sent": len(done.of(MailState.SENT))}
    counts |= {state.value.capitalize(): len(done.of(state)) for state in _FATES}
    counts["Left to another process that is sending them"] = len(done.of(None))
    counts["Left for the next time"] = done.left
    yield " ".join(f"{what}: {n}." for what, n in counts.items() if n or what == "Sent")


def uncertain_said(plan: Plan) -> Iterator[str]:
    """Yield what to do about mails that may have left or not; nothing if there are none."""
    if not plan.uncertain:
        return
    yield (
        f"{len(plan.uncertain)} uncertain: sending was interrupted, or is going on in another "
        "process, so these mails may have left or not, and are not sent again by themselves:"
    )
    for one in plan.uncertain:
        since = one.since.isoformat(timespec="seconds") if one.since else ""
        yield f"  {one.person.mail}  {since}  {one.words}".rstrip()
    again = "; or send them once more: iml4e campaign send --smtp --again uncertain"
    yield (
        "Look for them in the server's log or among the sent mails, then: iml4e campaign settle "
        f"MAIL --sent (or --not-sent){again if plan.kind is MailKind.INVITATION else ''}"
    )


def collected_views(done: Collection) -> list[View]:
    """Return a row for each file that was taken in; nothing if there is none."""
    if not done.taken:
        return []
    columns = (
        Column("source", "Came as"),
        Column("name", "Whose"),
        Column("by", "Known by"),
        Column("answered", "Answered"),
        Column("remark", "Remark", Kind.LONG),
    )
    return [
        View(
            name="taken",
            title="What was taken in",
            columns=columns,
            rows=tuple(_taken_row(one) for one in done.taken),
        )
    ]


def _taken_row(one: Taken) -> tuple[str, str, str, str, str]:
    whose = one.person.name if one.person else "nobody's: put aside"
    answered, remark = "", ""
    if isinstance(one.outcome, Assessment):
        overall = one.outcome.result.overall
        answered = f"{overall.answered} of {overall.statements}"
        errors = _errors(one.outcome)
        remark = f"{errors} answers could not be read" if errors else ""
    elif isinstance(one.outcome, Failure):
        remark = one.outcome.message
    return (one.source, whose, one.matched.value if one.person else "", answered, remark)


def _errors(outcome: Assessment) -> int:
    return sum(finding.severity is Severity.ERROR for finding in outcome.findings)


def collected_said(done: Collection) -> str:
    """Return how many files of which kind there were."""
    counts = {
        "Could not be read": len(done.of(ReturnState.FAILED)),
        "Nobody's, put aside": len(done.aside),
        "Collected before": done.known,
        "As issued, not filled in": done.blank,
        "Our own mails": done.own,
        "Erased before, left out": done.erased,
        "Mails that came back as undeliverable": done.bounced,
    }
    others = [f"{what}: {count}." for what, count in counts.items() if count]
    return " ".join([f"New responses: {len(done.of(ReturnState.READ))}.", *others])
