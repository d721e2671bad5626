"""What a facilitator is told: who gets which mail, what became of it, what was taken in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Final

from iml4e_xlsx.addresses import address_key
from iml4e_xlsx.campaign.building import Build
from iml4e_xlsx.campaign.collection import Choice, Collection, Taken
from iml4e_xlsx.campaign.folder import Campaign
from iml4e_xlsx.campaign.letters import Letters
from iml4e_xlsx.campaign.matching import Odd
from iml4e_xlsx.campaign.outbox import Held, HeldBack, Plan
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returns import Returned, ReturnState
from iml4e_xlsx.campaign.sending import Sending
from iml4e_xlsx.campaign.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.settling import Assigned, Effect
from iml4e_xlsx.campaign.standing_words import day_of
from iml4e_xlsx.errors import Severity
from iml4e_xlsx.model import Assessment, Failure
from iml4e_xlsx.report.view import Column, Kind, View
from iml4e_xlsx.texts import counted

_WHY: Final = {
    Held.SENT: ("was sent one", "were sent one"),
    Held.DRAFTED: ("has a draft", "have a draft"),
    Held.SENDING: ("may have one: uncertain", "may have one: uncertain"),
    Held.UNCERTAIN: ("may have one: uncertain", "may have one: uncertain"),
    Held.REFUSED: ("was refused by the server", "were refused by the server"),
    Held.BOUNCED: ("has one that came back", "have one that came back"),
    Held.RETURNED: ("has returned the workbook", "have returned the workbook"),
    Held.PROBLEMS: (
        "has returned a file that could not be read: see status --reply",
        "have returned a file that could not be read: see status --reply",
    ),
    Held.NOT_INVITED: ("was not sent a workbook yet", "were not sent a workbook yet"),
    Held.TOO_SOON: ("was mailed too short a time ago", "were mailed too short a time ago"),
    Held.ENOUGH: ("was reminded often enough", "were reminded often enough"),
}
"""Why somebody gets no mail, of one person and of several."""

_URGENT: Final = (Held.SENDING, Held.UNCERTAIN, Held.REFUSED, Held.BOUNCED, Held.PROBLEMS)
"""What the facilitator has to see to, person by person."""

_COMMANDS: Final = {MailKind.INVITATION: "send", MailKind.REMINDER: "remind"}
_MAY_HAVE_LEFT: Final = {
    Held.SENDING: "sending was interrupted, or is going on in another process",
    Held.UNCERTAIN: "the server's answer was lost",
}
_NAMED: Final = 10
"""How many people a message names before it counts the others."""

_FATES: Final = {
    MailState.REFUSED: "refused",
    MailState.DEFERRED: "not taken now, to be sent again",
    MailState.UNCERTAIN: "uncertain, the server's answer was lost",
}
_ODD: Final = {
    Odd.OTHER_SCHEME: "it is the workbook of another assessment, it belongs to the scheme "
    "{scheme}; the person is to fill in the one that was sent",
    Odd.UNKNOWN_ID: "its id is of no workbook of this campaign",
    Odd.UNKNOWN_SENDER: "its sender {sender} is not in the roster",
    Odd.BEFORE: "its mail is of {day}, before the campaign began",
    Odd.SURER: "its sender has returned another one",
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
    for person, lost in done.namesakes:
        yield (
            f"{person.name} is in the roster as {person.mail}, and no longer as {lost.mail}, who "
            "was mailed or has answered. If that is one person with another address: iml4e "
            f"campaign readdress {lost.mail} {person.mail}"
        )
    if done.mailed:
        yield (
            f"Had been mailed an earlier workbook: {_listed(done.mailed)}. To send the new one: "
            "iml4e campaign send --smtp --again MAIL"
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


def plan_views(plan: Plan, campaign: Campaign, today: date) -> list[View]:
    """Return who would get which mail, and who would get none: how many, and whom to see to."""
    letters = Letters(campaign, today)
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
        View(
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


def _urgent_view(held: Sequence[HeldBack]) -> View:
    columns = (
        Column("name", "Name"),
        Column("mail", "Mail"),
        Column("why", "Why", Kind.LONG),
        Column("since", "Since", dispensable=1),
    )
    return View(
        name="held",
        title="Who gets none and is to be seen to",
        columns=columns,
        rows=tuple((one.person.name, one.person.mail, _why(one), _since(one)) for one in held),
    )


def named_said(plan: Plan) -> Iterator[str]:
    """Yield why those get none for whom one was asked by their address."""
    for one in plan.held:
        if one.named:
            yield f"{one.person.mail} gets none: {_why(one)}."


def _why(one: HeldBack) -> str:
    why = _WHY[one.why][0]
    return f"{why}: {one.words}" if one.words else why


def _since(one: HeldBack) -> str:
    return day_of(one.since) if one.since else ""


def held_said(plan: Plan) -> str:
    """Return how many get no mail now and why, in a sentence; empty if there is nobody."""
    counts = Counter(_WHY[one.why] for one in plan.held)
    parts = [f"{count} {words[count > 1]}" for words, count in counts.items()]
    soonest = min((one.until for one in plan.held if one.until), default=None)
    later = f" The first reminder may leave from {moment_said(soonest)} on." if soonest else ""
    return f"Gets none now: {'; '.join(parts)}.{later}" if parts else ""


def moment_said(moment: datetime) -> str:
    """Return a moment as people read it, to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def deadline_said(plan: Plan, campaign: Campaign, today: date) -> str:
    """Return that the deadline is over, where mails are to leave nevertheless; else nothing."""
    deadline = campaign.settings.deadline
    if deadline is None or deadline >= today or not plan.entries:
        return ""
    return (
        f"The deadline {deadline.isoformat()} has passed; mails name none. To name another one, "
        f"change deadline in {campaign.folder / SETTINGS_FILE}."
    )


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


def unreached_said(plan: Plan, done: Sending) -> str:
    """Return what to do about mails that were refused or came back; empty if there are none."""
    words = {one.why.value for one in plan.held if one.why in (Held.REFUSED, Held.BOUNCED)}
    words |= {MailState.REFUSED.value} if done.of(MailState.REFUSED) else set()
    if not words:
        return ""
    again = " ".join(f"--again {word}" for word in sorted(words))
    return (
        "Where a mail was refused or came back, correct the address in the roster, then build and "
        f"send; or try once more: iml4e campaign {_COMMANDS[plan.kind]} --smtp {again}"
    )


def uncertain_said(plan: Plan, done: Sending | None = None) -> Iterator[str]:
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
            "Look for them in the server's log or among the sent mails, then: iml4e campaign "
            f"settle MAIL --sent (or --not-sent); or send them once more: {', '.join(commands)}"
        )


def collected_views(done: Collection) -> list[View]:
    """Return a row for each file that was taken in; nothing if there is none."""
    if not done.taken:
        return []
    columns = (
        Column("source", "Came as"),
        Column("name", "Whose"),
        Column("by", "Known by", dispensable=1),
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
    answered = ""
    if isinstance(one.outcome, Assessment):
        overall = one.outcome.result.overall
        answered = f"{overall.answered} of {overall.statements}"
    known_by = one.matched.value if one.person else ""
    return (
        one.source,
        whose,
        known_by,
        answered,
        "; ".join(part.rstrip(".") for part in _remarks(one)),
    )


def _remarks(one: Taken) -> Iterator[str]:
    """Yield what was wrong with a file, and what is odd about whose it is."""
    if isinstance(one.outcome, Failure):
        if Odd.OTHER_SCHEME not in one.odd:  # which says the same
            yield one.outcome.message.removeprefix(f"{one.outcome.source}: ")
    elif one.outcome is not None:
        errors = sum(finding.severity is Severity.ERROR for finding in one.outcome.findings)
        if errors:
            yield f"{errors} answer{'s' * (errors > 1)} could not be read"
    for odd in one.odd:
        of = one.outcome.response if isinstance(one.outcome, Assessment) else one.outcome
        yield _ODD[odd].format(
            sender=one.delivery.sender,
            day=day_of(one.delivery.received),
            scheme=of and f"{of.scheme} {of.version}",
        )
    sender = one.delivery.sender
    if sender and one.person and address_key(sender) != address_key(one.person.mail):
        yield f"sent by {sender}"


def notices_said(done: Collection) -> Iterator[str]:
    """Yield what counts now instead of something else, and which mails want to be read."""
    for choice in done.choices:
        yield _chosen(choice)
    for found in done.claimed:
        yield f"{_named(found.file)} was nobody's and is {found.person.name}'s now."
    if done.blank:
        yield f"Came back as issued, without an answer: {_listed(done.blank)}."
    for bounced in done.bounced:
        yield f"{bounced.person.mail}: the mail came back: {bounced.words}"
    if done.letters:
        yield f"Mails of people in the roster without a workbook: {len(done.letters)}:"
    for origin in done.letters:
        day = day_of(origin.received) if origin.received else ""
        yield f"  {origin.sender}  {day}  {origin.subject}".rstrip()


def _chosen(one: Choice) -> str:
    """Return which of a person's responses counts, which does not, and how to undo that."""
    said = f"{one.person.name}: {_named(one.now)} counts"
    if one.before is not None:
        said += f" now; before it was {_named(one.before)}"
    if one.others:
        said += f", not {', '.join(map(_named, one.others))}"
    return f"{said}. If that is wrong: iml4e campaign assign {one.now.handle} --nobody"


def _named(one: Returned) -> str:
    by = f", sent by {one.stranger}" if one.stranger else ""
    return f"{one.source} ({one.answered} of {one.total} answered, {one.handle}{by})"


def assigned_said(done: Assigned) -> str:
    """Return whose a file is now, and what counts since then."""
    one, owner, former = done.now, done.owner, done.former
    called = done.before.file or one.source
    if owner is None:
        said = f"{called} is nobody's now"
        said += f": {one.file}." if one.file not in ("", called) else "."
    else:
        said = f"{called} is {owner.person.name}'s now{_effect(done, owner)}."
    if former is not None and former.before is not None and former.before.id == one.id:
        what = f"{_brief(former.now)} counts" if former.now else "nothing counts"
        said += f" Of {former.person.name} {what} now."
    return said


def _effect(done: Assigned, owner: Effect) -> str:
    """Return what a file is to the person that it was given to."""
    one, before = done.now, owner.before
    if one.state is ReturnState.FAILED:
        return "; it could not be read"
    answered = f" ({one.answered} of {one.total} answered)"
    if before is None or before.id == one.id:
        return answered
    if owner.now is not None and owner.now.id == one.id:
        return f"{answered}; it takes the place of {_brief(before)}"
    return f"{answered}; {_brief(before)} still counts"


def _brief(one: Returned) -> str:
    return f"{one.source} ({one.answered} of {one.total})"


def next_said(done: Collection) -> str:
    """Return how to go on after a run."""
    if any(one.person for one in done.of(ReturnState.FAILED)) or done.has_errors:
        return "Next, texts for those whose file had problems: iml4e campaign status --reply"
    return "Next, who is missing: iml4e campaign status"


def collected_said(done: Collection) -> str:
    """Return how many files of which kind there were, each in one count."""
    theirs = Counter(one.state for one in done.taken if one.person is not None)
    counts = {
        "Could not be read": theirs[ReturnState.FAILED],
        "Nobody's, put aside": len(done.aside),
        "Collected before": done.known,
        "As issued, not filled in": len(done.blank),
        "Our own mails": done.own,
        "Erased before, left out": done.erased,
        "Mails that came back as undeliverable": len(done.bounced),
    }
    others = [f"{what}: {count}." for what, count in counts.items() if count]
    return " ".join([f"New responses: {theirs[ReturnState.READ]}.", *others])
