"""
Makes the calendar entry of the deadline, which goes with the mails that ask for a workbook.

It is one event for the whole round: whoever gets it with each mail has it once in the calendar,
and a moved deadline moves it (RFC 5545, and PUBLISH of RFC 5546). It lasts the whole day, without a
time zone, since the deadline is a day wherever somebody reads it. It has no alarm: the reminders
are mails, and what rings in other people's calendars is theirs to say.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from iml4e_xlsx.campaign.folder.settings import Settings
from iml4e_xlsx.campaign.send.answer_content import Attachment
from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.error_codes import ReportErrorCode

EVENT_FILE: Final = "deadline.ics"

_CALENDAR: Final = ("text", "calendar")
_PRODUCT: Final = "-//IML4E//iml4e-xlsx//EN"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineEvent:
    """
    The entry of a deadline as somebody's calendar shows it.

    `moves` is how often the deadline had moved before mails named this one.
    """

    day: date
    moves: int
    title: str
    text: str


def make_event_id(settings: Settings) -> str:
    """Return what identifies the event of a round in every calendar, whatever its day is."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"iml4e-xlsx/{settings.id}/deadline"))


def make_event_file(event: DeadlineEvent, settings: Settings, now: datetime) -> Attachment:
    """
    Make the file of a calendar entry.

    Args:
        event: The entry.
        settings: Whose round it is, and who invites.
        now: When the entry is made.

    Raises:
        ResourceError: If icalendar is not installed.
    """
    try:
        from icalendar import Calendar, Event, vCalAddress
    except ImportError as error:
        raise ResourceError(
            ReportErrorCode.LIBRARY_MISSING, library="icalendar", extra="campaign"
        ) from error
    organizer = vCalAddress(f"mailto:{settings.sender_mail}")
    if settings.sender_name:
        organizer.params["CN"] = settings.sender_name
    entry = Event()
    entry.add("uid", make_event_id(settings))
    entry.add("sequence", event.moves)
    entry.add("dtstamp", now)
    entry.add("dtstart", event.day)
    entry.add("dtend", event.day + timedelta(days=1))
    entry.add("summary", event.title)
    entry.add("description", event.text)
    entry.add("organizer", organizer)
    entry.add("transp", "TRANSPARENT")  # the day stays free for other things
    calendar = Calendar()
    for name, value in (("prodid", _PRODUCT), ("version", "2.0"), ("method", "PUBLISH")):
        calendar.add(name, value)
    calendar.add_component(entry)
    return Attachment(
        EVENT_FILE, calendar.to_ical(), _CALENDAR, {"method": "PUBLISH", "charset": "utf-8"}
    )
