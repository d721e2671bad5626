"""Holds what the tests of composed mails share."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import PlannedMail
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.model import Profile
from tests.support.campaigns import (
    NOW,
)

HEADERS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
}  # fmt: skip


MESSAGE_ID = "<0123456789abcdef@example.org>"


def person(**values: str) -> Person:
    profile = Profile(
        **{
            "respondent": "Ann",
            **{key: values[key] for key in ("respondent", "organisation", "team", "role")
               if key in values},
        }
    )  # fmt: skip
    mail = values.get("mail", "ann@example.org")
    return Person(
        id=1,
        mail=mail,
        address=mail,
        profile=profile,
        targets={},
        extra={"Büro": values.get("extra", "")},
        language=values.get("language", ""),
        workbook_id="ABCDEFGHIJ",
        listed=True,
    )


def planned(one: Person, kind: MailKind, file: str) -> PlannedMail:
    built = BuiltWorkbook(fingerprint="", digest="", file=f"workbooks/{file}")
    return PlannedMail(person=one, built=built, kind=kind, number=1)


def told(campaign: Campaign, **values: object) -> Campaign:
    return replace(campaign, settings=replace(campaign.settings, **values))  # type: ignore[arg-type]


def written(
    campaign: Campaign, one: Person, kind: MailKind = MailKind.INVITATION, file: str = "ann.xlsx"
) -> EmailMessage:
    """Return a mail as it is parsed from its bytes."""
    parsed = message_from_bytes(sent(campaign, one, kind, file), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def sent(
    campaign: Campaign, one: Person, kind: MailKind = MailKind.INVITATION, file: str = "ann.xlsx"
) -> bytes:
    """Return the bytes of a mail, which are plain ASCII in short lines."""
    data = (campaign.folder / file).read_bytes()
    mail = MailComposer(campaign, NOW.date()).compose_mail(
        planned(one, kind, file), data, message_id=MESSAGE_ID, now=NOW
    )
    data = mail.as_bytes()
    assert data.isascii()
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    return data


def body_of(mail: EmailMessage) -> str:
    part = mail.get_body()
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def refusal(campaign: Campaign, one: Person | None = None) -> str:
    """Return what checking the mails of a campaign says."""
    with pytest.raises(CampaignError) as caught:
        MailComposer(campaign, NOW.date()).check_mails(
            [planned(one or person(), MailKind.INVITATION, "ann.xlsx")]
        )
    return str(caught.value)


def with_text(campaign: Campaign, text: str | bytes, name: str = "en/invitation.txt") -> Path:
    path = campaign.mail_texts / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def unfolded(name: str) -> str:
    """Return a name without spaces: the parser puts some between the parts of a long one."""
    return name.replace(" ", "")
