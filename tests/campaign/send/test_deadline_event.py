"""The deadline as a calendar entry: one event for the round, moved with the deadline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.deadline_plan import plan_deadline_notices
from iml4e_xlsx.campaign.send.plan import plan_invitations, plan_reminders
from tests.support.campaigns import (
    NOW,
    Row,
    answer,
    build,
    built_campaign,
    change_settings,
    collect,
    new_campaign,
)
from tests.support.composing import HEADERS, person, refusal, told, with_text, written
from tests.support.mailing import FakeClock, Opens, parsed, send
from tests.support.returning import filled_of, mail, standing_of
from tests.support.sending import ANN, BEN
from tests.support.servers.fixtures import StartsSmtpServers

DAY = date(2026, 12, 7)
LATER = date(2026, 12, 20)


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    """Return a campaign with a workbook, whose mails bring the deadline."""
    made = new_campaign(tmp_path, 1)
    (made.folder / "ann.xlsx").write_bytes(b"PK")
    return told(made, deadline=DAY, calendar=True)


def files_of(content: bytes) -> dict[str, bytes]:
    """Return what is attached to a mail, by name."""
    found: dict[str, bytes] = {}
    for part in parsed(content).iter_attachments():
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        found[str(part.get_filename())] = data
    return found


def event_in(data: bytes) -> Any:
    """Return the only event of a calendar that is published."""
    calendar: Any = icalendar.Calendar.from_ical(data)
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    (event,) = calendar.walk("VEVENT")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    return event


def test_the_deadline_is_a_whole_day_wherever_it_is_read(campaign: Campaign) -> None:
    """It has what calendars ask for, no time zone, no alarm, and nobody's name but the sender's."""
    made = written(told(campaign, sender_name="Fay, Ä;:\\"), person(team="Red"))
    parts = {str(part.get_filename()): part for part in made.iter_attachments()}
    part = parts["deadline.ics"]
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    event = event_in(data)

    assert list(parts) == ["ann.xlsx", "deadline.ics"]
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "PUBLISH"
    assert part.get_content_disposition() == "attachment"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (DAY, DAY + timedelta(days=1))
    assert "DTSTART;VALUE=DATE:20261207" in data.decode()
    assert event["DTSTAMP"].dt == NOW
    assert event["SEQUENCE"] == 0
    assert event["SUMMARY"] == "Round: send back your workbook"
    assert '"Round" (Red). Send it back' in event["DESCRIPTION"]
    assert str(event["ORGANIZER"]) == "mailto:facilitator@example.org"
    assert event["ORGANIZER"].params["CN"] == "Fay, Ä;:\\"
    assert event.walk("VALARM") == []
    assert "ATTENDEE" not in event
    assert set(made.keys()) <= HEADERS


def test_the_entry_is_in_the_persons_language(campaign: Campaign) -> None:
    """From the texts of mails, which a facilitator may change; a mistake stops before any mail."""
    german = written(campaign, person(language="de"))
    (data,) = (
        part.get_payload(decode=True)
        for part in german.iter_attachments()
        if part.get_filename() == "deadline.ics"
    )
    assert isinstance(data, bytes)
    assert event_in(data)["SUMMARY"] == "Round: Arbeitsmappe zurücksenden"
    with_text(campaign, "Subject: {{ nonsense }}\n\nText", "en/calendar.txt")
    assert "calendar.txt, line 1" in refusal(campaign)


@pytest.mark.parametrize(
    "settings",
    [{"calendar": False}, {"deadline": None}, {"deadline": NOW.date() - timedelta(days=1)}],
)
def test_without_a_deadline_to_come_or_a_wish_there_is_none(
    campaign: Campaign, settings: dict[str, object]
) -> None:
    """Not in any kind of mail, and the rest of it stays as it is."""
    mails = [
        written(told(campaign, **settings), person(), kind)
        for kind in (MailKind.INVITATION, MailKind.REMINDER, MailKind.DEADLINE)
    ]
    names = [[part.get_filename() for part in one.iter_attachments()] for one in mails]
    assert names == [["ann.xlsx"]] * 3


def settings_of(campaign: Campaign, day: date) -> Campaign:
    """Set the deadline as a day."""
    change_settings(campaign.folder, deadline=day)
    return open_campaign(campaign.folder)


def test_a_moved_deadline_moves_the_entry(
    smtp_server: StartsSmtpServers, campaign_at: Opens
) -> None:
    """With each move the same event counts for newer, also one back; a reminder changes nothing."""
    server, clock = smtp_server(), FakeClock()
    with campaign_at(server, 2, calendar=True, deadline=DAY) as (campaign, record):
        send(campaign, record, clock=clock.clock)
        for day in (LATER, DAY):
            moved = settings_of(campaign, day)
            build(moved, record)
            notify(moved, record, clock)
        clock.passed += timedelta(days=8).total_seconds()
        with record.begin(clock.now()) as tx:
            plan = plan_reminders(tx, moved, now=clock.now())
        send(moved, record, plan=plan, clock=clock.clock)

    events = [event_in(files_of(one.content)["deadline.ics"]) for one in server.messages]
    assert [(one["SEQUENCE"], one["DTSTART"].dt) for one in events] == [
        *[(0, DAY)] * 2,
        *[(1, LATER)] * 2,
        *[(2, DAY)] * 4,
    ]
    assert len({str(one["UID"]) for one in events}) == 1
    assert all(one["DTSTAMP"].dt >= NOW for one in events)
    stamps = [one["DTSTAMP"].dt for one in events]
    assert stamps == sorted(stamps)


def notify(campaign: Campaign, record: Record, clock: FakeClock) -> None:
    """Tell everybody of the deadline."""
    with record.begin(clock.now()) as tx:
        plan = plan_deadline_notices(tx, campaign, now=clock.now())
    send(campaign, record, plan=plan, clock=clock.clock)


def test_another_round_has_another_entry(campaign: Campaign) -> None:
    """Else the deadline of one would move that of the other."""
    first, second = (
        event_in(files_of(written(one, person()).as_bytes())["deadline.ics"])
        for one in (campaign, told(campaign, id="other-round"))
    )
    assert first["UID"] != second["UID"]


def test_the_entry_that_comes_back_with_a_workbook_is_no_answer(
    smtp_server: StartsSmtpServers, campaign_at: Opens, tmp_path: Path
) -> None:
    """Whatever type a mail program gives it; alone it is a mail like any without a workbook."""
    server = smtp_server()
    with campaign_at(server, 2, calendar=True, deadline=DAY) as (campaign, record):
        send(campaign, record)
        entry = files_of(server.messages[0].content)["deadline.ics"]
        reply = mail(
            ("deadline.ics", entry),
            ("ann.xlsx", filled_of(campaign, record, ANN)),
            at=datetime(2026, 11, 25, tzinfo=UTC),
        )
        reply.add_attachment(entry.decode(), subtype="calendar", params={"method": "REPLY"})
        path = tmp_path / "reply.eml"
        path.write_bytes(reply.as_bytes())
        done = collect(campaign, record, path, now=NOW + timedelta(days=4))
        ann = standing_of(record, ANN)

        assert [file.source.rpartition("/")[2] for file in done.files] == ["ann.xlsx"]
        assert (done.failures, ann.stage, ann.letters) == ([], Stage.COMPLETE, ())
        assert standing_of(record, BEN).stage is Stage.MISSING


def test_answers_bring_no_entry(tmp_path: Path) -> None:
    """Whoever has answered has kept it."""
    from iml4e_xlsx.campaign.send.answer_plan import plan_answers

    people = [Row(name="Ann", mail=ANN)]
    with built_campaign(tmp_path, people, calendar=True, deadline=DAY) as (campaign, record):
        answer(campaign, record, ANN)
        with record.begin(NOW) as tx:
            (planned,) = plan_answers(tx, campaign, now=NOW).mails
            (asked,) = plan_invitations(tx, campaign, (ANN,)).mails
        composer = MailComposer(campaign, NOW.date())
        data = (campaign.folder / asked.built.file).read_bytes()
        names = [
            [
                part.get_filename()
                for part in composer.compose_mail(
                    one, data, message_id="<1@x.example>", now=NOW
                ).iter_attachments()
            ]
            for one in (planned, asked)
        ]
    assert names == [["org-red-ann-result.html"], ["org-red-ann.xlsx", "deadline.ics"]]
