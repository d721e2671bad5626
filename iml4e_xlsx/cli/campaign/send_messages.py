"""Says what a build made, who gets which mail, and what became of the mails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.people.copies import find_copies
from iml4e_xlsx.campaign.people.participant_messages import describe_words, format_day
from iml4e_xlsx.campaign.people.stages import NoMailReason
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import MailPlan, UnmailedPerson
from iml4e_xlsx.campaign.send.send import SendOutcome
from iml4e_xlsx.campaign.workbooks import BuildOutcome
from iml4e_xlsx.cli.campaign.coverage_messages import describe_gap
from iml4e_xlsx.cli.campaign.status_hints import MAIL_COMMANDS
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.moments import describe_minute
from iml4e_xlsx.text.texts import Texts

_LISTED_NAMES: Final = 10
"""How many people a message names before it counts the others."""

_OUTCOMES: Final = (MailState.REFUSED, MailState.DEFERRED, MailState.UNCERTAIN)
"""The states of mails that did not simply leave, in the order in which they are listed."""


def describe_build(outcome: BuildOutcome, campaign: Campaign) -> Iterator[str]:
    """Yield what a build did, and what follows from it."""
    texts = load_texts()
    yield texts(
        "build.summary",
        people=message("build.count_people", count=len(outcome.made) + outcome.unchanged),
        made=message("build.count_made", count=len(outcome.made)),
        unchanged=outcome.unchanged,
        folder=campaign.workbooks,
    )
    if outcome.with_previous:
        yield texts("build.with_previous", count=outcome.with_previous)
    for person, previous in outcome.namesakes:
        yield texts("build.namesake", name=person.name, mail=person.mail, old=previous.mail)
    if outcome.mailed:
        yield texts("build.mailed_before", people=list_people(outcome.mailed))
    if outcome.answered:
        yield texts("build.answered_before", people=list_people(outcome.answered))
    if outcome.extended:
        yield texts("build.answered_other", people=list_people(outcome.extended))
    if outcome.retargeted:
        yield texts(
            "build.retargeted",
            count=len(outcome.retargeted),
            people=list_people(outcome.retargeted),
        )
    if outcome.other_language:
        languages = {campaign.choose_language(person.language) for person in outcome.other_language}
        yield texts(
            "build.other_language",
            count=len(outcome.other_language),
            languages=tuple(sorted(languages)),
            scheme_language=campaign.load_scheme().language,
        )
    if outcome.unlisted:
        yield texts("build.unlisted", people=list_people(outcome.unlisted))
    for gap in outcome.gaps:
        yield from describe_gap(gap, texts)


def list_people(people: Sequence[Person]) -> Message:
    """List the addresses of some people; of many the first, and how many more there are."""
    return list_names([person.mail for person in people], _LISTED_NAMES)


def make_plan_tables(plan: MailPlan, campaign: Campaign, today: date) -> list[ResultTable]:
    """Make a table of the mails that would leave, and one of people who need attention."""
    texts, composer = load_texts(), MailComposer(campaign, today)
    rows = []
    for planned in plan.mails:
        file = planned.file_name
        text = composer.fill_text(planned.person, planned.kind, file, planned.answered)
        subject = text.subject
        rows.append((planned.person.name, planned.person.mail, subject, file))
    columns = (
        Column("name", texts("campaign.name")),
        Column("mail", texts("campaign.mail")),
        Column("subject", texts("send.subject"), dispensable=1),
        Column("file", texts("send.workbook"), dispensable=2),
    )
    tables = [
        ResultTable(
            name="mails",
            title=texts(f"send.title_{plan.kind.value}"),
            columns=columns,
            rows=tuple(rows),
            note="" if rows else texts("send.nobody"),
        )
    ]
    urgent = [person for person in plan.not_mailed if person.reason.is_urgent or person.asked_for]
    if urgent:
        tables.append(_make_attention_table(urgent, texts))
    return tables


def _make_attention_table(not_mailed: Sequence[UnmailedPerson], texts: Texts) -> ResultTable:
    columns = (
        Column("name", texts("campaign.name")),
        Column("mail", texts("campaign.mail")),
        Column("why", texts("send.reason"), ColumnKind.LONG),
        Column("since", texts("send.since"), dispensable=1),
    )
    rows = (
        (
            entry.person.name,
            entry.person.mail,
            _describe_reason(entry, texts),
            format_day(entry.since) if entry.since else "",
        )
        for entry in not_mailed
    )
    title = texts("send.title_attention")
    return ResultTable(name="held", title=title, columns=columns, rows=tuple(rows))


def describe_requests(plan: MailPlan) -> Iterator[str]:
    """Yield why people get no mail for whom the facilitator asked for one by address."""
    texts = load_texts()
    for entry in plan.not_mailed:
        if entry.asked_for:
            reason = _describe_reason(entry, texts)
            yield texts("send.request_refused", mail=entry.person.mail, reason=reason)


def _describe_reason(entry: UnmailedPerson, texts: Texts) -> str:
    reason = texts(f"no_mail.{entry.reason.value}.label")
    if entry.reason is NoMailReason.PROBLEMS:
        reason = texts(
            "send.reason_with_hint", reason=reason, hint=texts("status_hints.no_mail_problems")
        )
    if not entry.words:
        return reason
    return texts("send.reason_with_words", reason=reason, words=describe_words(entry.words, texts))


def count_reasons(plan: MailPlan) -> str:
    """Say how many people get no mail now, and why; empty if there is nobody."""
    texts = load_texts()
    if not plan.not_mailed:
        return ""
    counts = Counter(
        # Both may have left: for the facilitator they are the same.
        NoMailReason.UNCERTAIN if entry.reason.may_have_left else entry.reason
        for entry in plan.not_mailed
    )
    reasons = tuple(
        texts(f"no_mail.{reason.value}.count", count=count) for reason, count in counts.items()
    )
    sentence = texts("send.no_mail_now", reasons=reasons)
    soonest = min((entry.until for entry in plan.not_mailed if entry.until), default=None)
    if soonest is None:
        return sentence
    return f"{sentence} {texts('send.soonest_reminder', moment=describe_minute(soonest))}"


def describe_deadline(plan: MailPlan, campaign: Campaign, today: date) -> str:
    """Say that the deadline is over, where mails are to leave nevertheless; else nothing."""
    deadline = campaign.settings.deadline
    if deadline is None or deadline >= today or not plan.mails:
        return ""
    settings = campaign.folder / SETTINGS_FILE
    return load_texts()("send.deadline_over", deadline=deadline.isoformat(), settings=settings)


def describe_drafts(paths: Sequence[Path]) -> str:
    """Say how many drafts were written, where to, and what to do with them."""
    texts = load_texts()
    if not paths:
        return texts("send.no_draft")
    return texts("send.drafts", count=len(paths), folder=paths[0].parent)


def describe_outcomes(outcome: SendOutcome) -> Iterator[str]:
    """Yield what became of the mails that did not simply leave, then how many of each there are."""
    texts = load_texts()
    for state in _OUTCOMES:
        for mail in outcome.in_state(state):
            yield texts(
                "send.outcome",
                mail=mail.planned.person.mail,
                state=texts(f"send.outcome_{state.value}"),
                words=describe_words(mail.words, texts),
            )
    for mail in outcome.too_large:
        yield texts(
            "send.outcome",
            mail=mail.planned.person.mail,
            state=texts("send.outcome_too_large"),
            words=describe_words(mail.words, texts),
        )
    counts = {"sent": len(outcome.in_state(MailState.SENT))}
    counts |= {state.value: len(outcome.in_state(state)) for state in _OUTCOMES}
    counts["declined"] = sum(mail.has_declined for mail in outcome.outcomes)
    counts["other_process"] = len(outcome.in_state(None))
    counts["too_large"] = len(outcome.too_large)
    counts["unsent"] = outcome.unsent
    yield " ".join(
        texts(f"send.count_{name}", count=count)
        for name, count in counts.items()
        if count or name == "sent"
    )


def describe_copy_addresses(plan: MailPlan, campaign: Campaign) -> str:
    """Say who would get copies of the mails, and so see who is asked; empty for nobody."""
    copies = {
        address: None
        for planned in plan.mails
        for address in find_copies(campaign.settings, planned.person)
    }
    addresses = list_names(list(copies), _LISTED_NAMES)
    return load_texts()("send.copies_to", addresses=addresses) if copies else ""


def describe_copies(outcome: SendOutcome) -> Iterator[str]:
    """Yield which copies of mails that have left went astray; nothing if none did."""
    texts = load_texts()
    for address, words in outcome.refused_copies.items():
        yield texts("send.copy_refused", address=address, words=words.rstrip("."))
    if outcome.unsaved_count:
        reason = outcome.unsaved_reason.rstrip(".")
        yield texts("send.copies_unsaved", count=outcome.unsaved_count, reason=reason)


def advise_on_failures(plan: MailPlan, outcome: SendOutcome) -> str:
    """Say what to do about mails that were refused or came back; empty if there are none."""
    texts = load_texts()
    failed = {
        (entry.kind or plan.kind, entry.reason.value)
        for entry in plan.not_mailed
        if entry.reason.did_not_arrive
    }
    refused = outcome.in_state(MailState.REFUSED)
    failed |= {
        (mail.planned.kind, NoMailReason.REFUSED.value) for mail in refused if not mail.is_too_large
    }
    if not failed:
        return ""
    return texts("send.failures", commands=_list_again_commands(failed, texts))


def advise_on_size(outcome: SendOutcome) -> str:
    """Say what to do about mails that were too large for the server; empty if there are none."""
    texts, refused = load_texts(), outcome.in_state(MailState.REFUSED)
    kinds = {mail.planned.kind for mail in refused if mail.is_too_large}
    if not kinds and not outcome.too_large:
        return ""
    said = texts("send.too_large")
    if not kinds:
        return said
    commands = _list_again_commands({(kind, NoMailReason.REFUSED.value) for kind in kinds}, texts)
    return f"{said} {texts('send.too_large_again', commands=commands)}"


def _list_again_commands(failed: Collection[tuple[MailKind, str]], texts: Texts) -> tuple[str, ...]:
    """Return the commands that send mails of some kinds again that ended in some way."""
    commands = []
    for command in dict.fromkeys(MAIL_COMMANDS.values()):
        words = sorted({word for kind, word in failed if MAIL_COMMANDS[kind] == command})
        if words:
            options = " ".join(texts("send.again_option", word=word) for word in words)
            commands.append(texts("send.again_command", command=command, options=options))
    return tuple(commands)


def advise_on_uncertain(plan: MailPlan, outcome: SendOutcome | None = None) -> Iterator[str]:
    """
    Yield what to do about mails that may have left or not; nothing if there are none.

    Mails that were uncertain before are listed; `describe_outcomes` has said those of this run.
    """
    texts, uncertain = load_texts(), plan.uncertain
    if uncertain:
        yield texts("send.uncertain", count=len(uncertain))
    for entry in uncertain:
        yield f"  {_describe_uncertain(entry, texts)}"
    kinds = {entry.kind for entry in uncertain}
    if outcome is not None:
        kinds |= {mail.planned.kind for mail in outcome.in_state(MailState.UNCERTAIN)}
    if kinds:
        options = texts("send.again_option", word="uncertain")
        commands = tuple(
            texts("send.again_command", command=command, options=options)
            for command in dict.fromkeys(
                MAIL_COMMANDS[kind] for kind in MAIL_COMMANDS if kind in kinds
            )
        )
        yield texts("send.settle_uncertain", commands=commands)


def _describe_uncertain(entry: UnmailedPerson, texts: Texts) -> str:
    mail, reason = entry.person.mail, texts(f"send.uncertain_{entry.reason.value}")
    noted = f"send.uncertain_{entry.words}"
    if noted in texts:  # no server has said anything: the note is the reason
        reason = texts(noted)
    elif entry.words:
        words = describe_words(entry.words, texts).rstrip(".")
        reason = texts("send.reason_in_words", reason=reason, words=words)
    if entry.since is None:
        return texts("send.uncertain_mail", mail=mail, reason=reason)
    moment = describe_minute(entry.since)
    return texts("send.uncertain_mail_since", mail=mail, moment=moment, reason=reason)
