"""Mail texts read well and arrive as they are."""

from __future__ import annotations

import itertools
import re

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.scheme.answering_time import estimate_minutes
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import (
    DAY,
    NOW,
    SENDER,
)
from tests.support.composing import (
    HEADERS,
    MESSAGE_ID,
    body_of,
    person,
    told,
    unfolded,
    with_text,
    written,
)

ASKING = [kind for kind in MailKind if not kind.is_answer]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", ASKING)
@pytest.mark.parametrize(
    ("team", "organisation", "deadline"),
    list(itertools.product(["", "Fraud"], ["", "ACME"], [None, NOW.date()])),
)
def test_texts_read_well_whatever_is_empty(
    campaign: Campaign,
    language: str,
    kind: MailKind,
    team: str,
    organisation: str,
    deadline: object,
) -> None:
    """What is given is said, and what is not leaves no gap."""
    one = person(language=language, team=team, organisation=organisation)
    letter = MailComposer(told(campaign, deadline=deadline), NOW.date()).fill_text(
        one, kind, "ann.xlsx"
    )
    whole = f"{letter.subject}\n{letter.body}"

    assert "  " not in whole
    assert "\n\n\n" not in whole
    assert not any(mark in whole for mark in (" ,", " .", " :", "{", "}", "None", ", ."))
    assert not letter.subject.rstrip().endswith((",", "for", "für"))
    assert letter.body.startswith("Guten Tag Ann,\n" if language == "de" else "Hello Ann,\n")
    assert letter.body.endswith("\nFay\n")
    assert ("Fraud" in letter.subject) == bool(team)
    day = "23.11.2026" if language == "de" else "23 November 2026"
    assert (day in letter.body) == bool(deadline)
    assert "Round" in letter.subject
    assert "ann.xlsx" in letter.body
    if kind is MailKind.INVITATION:
        assert ("ACME" in letter.body) == bool(organisation)
        assert f"{load_texts()('sheet.cover')}" in letter.body
        assert ("Die Arbeitsmappe ist auf Englisch." in letter.body) == (language == "de")
        assert "The workbook is in" not in letter.body


def test_a_deadline_is_a_day_until_it_has_passed(mine: Campaign) -> None:
    """Texts write it as they like; after the day it is empty."""
    with_text(
        mine, "Subject: x\n\n[{{ deadline }}] {% if deadline %}{{ deadline.year }}{% endif %}"
    )
    one, asked = person(), told(mine, deadline=NOW.date())
    for today, body in ((NOW, "[2026-11-23] 2026\n"), (NOW + DAY, "[] \n")):
        letter = MailComposer(asked, today.date()).fill_text(one, MailKind.INVITATION, "ann.xlsx")
        assert letter.body.split() == body.split()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", ASKING)
def test_a_text_has_one_voice(campaign: Campaign, language: str, kind: MailKind) -> None:
    """Whoever sends it: we and us, wir and uns."""
    path = campaign.mail_texts / language / f"{kind.value}.txt"
    words = set(re.findall(r"\w+", path.read_text("utf-8")))

    assert not words & {"I", "me", "my", "ich", "Ich", "mir", "mich"}
    assert words & {"us", "uns"}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", ASKING)
def test_a_text_asks_for_the_workbook_itself(
    campaign: Campaign, language: str, kind: MailKind
) -> None:
    """A PDF or a picture of it cannot be read; a reminder is true of one that came back empty."""
    text = (campaign.mail_texts / language / f"{kind.value}.txt").read_text("utf-8")

    assert "PDF" in text
    if kind is MailKind.REMINDER:
        assert {"de": "Ihre ausgefüllte Arbeitsmappe", "en": "your filled-in workbook"}[
            language
        ] in text


def test_a_text_can_say_the_language_of_the_workbook(mine: Campaign) -> None:
    """That of the person if the scheme has it, else the scheme's own."""
    with_text(mine, "Subject: x\n\n{{ workbook_language }}")
    with_text(mine, "Subject: x\n\n{{ workbook_language }}", "de/invitation.txt")
    for language in ("", "en", "de", "xx"):
        one = person(language=language)
        letter = MailComposer(mine, NOW.date()).fill_text(one, MailKind.INVITATION, "ann.xlsx")
        assert letter.body == "en\n"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "about an hour"), ("de", "etwa eine Stunde")]
)
def test_the_invitation_says_the_time_that_the_workbook_says(
    campaign: Campaign, language: str, words: str
) -> None:
    """An hour for the official scheme; minutes for one of another size."""
    composer = MailComposer(campaign, NOW.date())
    one = person(language=language)

    minutes = estimate_minutes(campaign.load_scheme(language))
    if minutes != 60:
        words = f"{minutes} "
    assert words in composer.fill_text(one, MailKind.INVITATION, "ann.xlsx").body


def test_a_mail_is_whole(campaign: Campaign) -> None:
    """Who it is from and to, when, under which id, and the workbook's very bytes."""
    mail = written(told(campaign, reply_to="answers@example.org"), person(respondent="Ann Other"))
    (attached,) = mail.iter_attachments()

    assert set(mail.keys()) == HEADERS
    assert mail["From"] == f"Fay <{SENDER}>"
    assert mail["To"] == "Ann Other <ann@example.org>"
    assert mail["Reply-To"] == "answers@example.org"
    assert mail["Subject"] == "Round: your workbook"
    assert mail["Message-ID"] == MESSAGE_ID
    assert mail["Date"].datetime == NOW
    assert attached.get_filename() == "ann.xlsx"
    assert attached.get_content() == b"PK\x03\x04 a workbook"
    assert attached.get_content_type().endswith("spreadsheetml.sheet")
    assert body_of(mail).startswith("Hello Ann Other,\n")


@pytest.mark.parametrize(
    "name",
    [
        "Jürgen Groß",
        "李明",
        'Ann, Dr. "The" O\'Neil; (x) <y>',
        "Ñ" * 60,
        "a" * 120,
        "😀",
        '"',
        "a@b",
    ],
)
def test_names_of_any_letters_arrive(mine: Campaign, name: str) -> None:
    """In To, in the subject, in the text, and as the file's name."""
    file = f"{name[:50].replace('/', '-')}.xlsx"
    (mine.folder / file).write_bytes(b"x")
    mail = written(told(mine, sender_name=name, name=name), person(respondent=name), file=file)
    (attached,) = mail.iter_attachments()
    assert unfolded(mail["To"].addresses[0].display_name) == unfolded(name)
    assert mail["To"].addresses[0].addr_spec == "ann@example.org"
    assert unfolded(mail["From"].addresses[0].display_name) == unfolded(name)
    assert mail["Subject"] == f"{name}: your workbook"
    assert f"Hello {name}," in body_of(mail)
    assert attached.get_filename() == file
