"""The mailbox: only read, looked through once, and nothing of it fetched that is none of ours."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.record.returns import save_arrival
from iml4e_xlsx.campaign.servers.mail_structure import may_hold_workbook
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode
from tests.support.campaigns import (
    SENDER,
    Row,
    built_campaign,
    change_settings,
    rows,
    run,
    start,
)
from tests.support.mailbox import ANN, BEN, CAY, DAN, collect, now, returned_by, whose
from tests.support.returning import (
    Relay,
    Rounds,
    all_returned,
    filled_of,
    imap_settings,
    mail,
    originals,
    standing_of,
)
from tests.support.servers.mailhost import MailHost

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 120


@pytest.mark.parametrize("tls", [True, False], ids=["tls", "starttls"])
def test_answers_are_found_and_the_mailbox_stays_as_it_was(
    mail_host: MailHost, rounds: Rounds, inbox: str, tmp_path: Path, *, tls: bool
) -> None:
    """The workbooks as they were sent; no mail is read, answered, moved or no longer recent."""
    with rounds.opened(tmp_path, **imap_settings(mail_host, tls=tls)) as (campaign, record):
        sent = {one: filled_of(campaign, record, one) for one in (ANN, BEN)}
        mails = [
            mail(("x.xlsx", data), sender=one, message_id=f"<{one}>", at=now()).as_bytes()
            for one, data in sent.items()
        ]
        mail_host.append(inbox, [mail(message_id="<away@x>", at=now()).as_bytes(), *mails])

        def state() -> object:
            with mail_host.imap(inbox) as client:
                about = client.select_folder("INBOX", readonly=True)
                return about[b"EXISTS"], client.fetch([1, 2, 3], ["FLAGS"])

        before = state()
        said = collect(campaign)

        assert "New responses: 2." in said
        assert state() == before
        assert sorted(originals(campaign).values()) == sorted(sent.values())
        assert standing_of(record, ANN).stage is Stage.COMPLETE


def test_nothing_is_asked_that_changes_a_mailbox(
    rounds: Rounds, mail_host: MailHost, relay: Relay, inbox: str, tmp_path: Path
) -> None:
    """EXAMINE and PEEK alone: what never was written to stays recent and unseen."""
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN))
        collect(campaign)

    verbs = {line.split()[1] for line in relay.said if len(line.split()) > 1}
    assert "EXAMINE" in verbs
    assert not verbs & {"SELECT", "STORE", "MOVE", "COPY", "EXPUNGE", "APPEND"}
    assert not [
        line for line in relay.commands("BODY") if "PEEK" not in line and "BODYS" not in line
    ]
    with mail_host.imap(inbox) as client:
        assert client.select_folder("INBOX")[b"RECENT"] == 1
        assert client.get_flags([1])[1] == (b"\\Recent",)


@pytest.mark.parametrize(
    ("structure", "wanted"),
    [
        ((b"text", b"plain", (b"charset", b"utf-8"), None, None, b"7bit", 10, 1), False),
        ((b"TEXT", b"plain", (b"charset", b"utf-8"), None, None, b"7bit", 9_000, 1), True),
        ((b"text", b"html", (b"charset", b"utf-8"), None, None, b"7bit", 9_000, 1), False),
        ((b"application", b"msword", (b"name", b"team.doc"), None, None, b"base64", 10), True),
        ((b"application", b"x", (b"name", b"encrypted.asc"), None, None, b"7bit", 10), True),
        ((b"application", b"pdf", (b"name", b"a.pdf"), None, None, b"base64", 10), False),
        ((b"text", b"csv", (b"name", b"a.csv"), None, None, b"7bit", 10, 1), True),
        ((b"application", b"octet-stream", None, None, None, b"base64", 10), True),
        ((b"application", b"pdf", (b"name", b"a.pdf"), None, None, b"base64", 9, None,
          (b"attachment", (b"filename", b"a.xlsx"))), True),
        ((b"image", b"png", None, b"<logo>", None, b"base64", 10), False),
        ((b"message", b"delivery-status", None, None, None, b"7bit", 10), True),
        ((b"message", b"rfc822", None, None, None, b"7bit", 9, (), (b"text", b"plain", None), 1),
         False),
        ((b"message", b"rfc822", None, None, None, b"7bit", 9, (),
          ((b"text", b"plain", None), (b"application", b"x", (b"name", b"a.xls")), b"mixed"), 1),
         True),
        (([(b"text", b"plain", None), (b"application", b"zip", None)], b"mixed"), True),
        (b"nonsense", True),
        ((), True),
        (None, True),
    ],
)  # fmt: skip
def test_a_structure_tells_whether_a_mail_matters(structure: object, *, wanted: bool) -> None:
    """Also of a forwarded mail; what is not understood is looked at."""
    assert may_hold_workbook({b"BODYSTRUCTURE": structure}) is wanted


def unrelated() -> list[bytes]:
    """Return 10,000 mails that bring no workbook: texts, pages, PDFs, and forwarded ones."""
    plain = EmailMessage()
    plain["From"], plain["Subject"] = "news@example.net", "Hello"
    plain.set_content("Nothing here.\n" * 50)
    page = EmailMessage()
    page["From"] = "news@example.net"
    page.set_content("Nothing here.\n")
    page.add_alternative("<p>Nothing here.</p>\n" * 300, subtype="html")
    paper = mail(message_id="<paper@example.net>")
    paper.add_attachment(PDF, maintype="application", subtype="pdf", filename="paper.pdf")
    forward = mail(message_id="<forward@example.net>")
    forward.add_attachment(paper)
    nested = mail(message_id="<nested@example.net>")
    nested.add_attachment(forward)
    kinds = [one.as_bytes() for one in (plain, page, paper, forward, nested)]
    return kinds[:1] * 6000 + kinds[1:2] * 2000 + kinds[2:3] * 1000 + kinds[3:] * 500


def test_three_answers_among_ten_thousand_mails(
    rounds: Rounds,
    mail_host: MailHost,
    relay: Relay,
    inbox: str,
    tmp_path: Path,
) -> None:
    """All three are found; of all others only the structure is asked for, and later nothing."""
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        messages = unrelated()
        for at, message in zip(
            (17, 4000, 9999), returned_by(campaign, record, ANN, BEN, CAY), strict=True
        ):
            messages[at] = message
        mail_host.fill(inbox, messages, first=int(now().timestamp()) - 11_000)
        figures = []
        for _ in range(2):
            relay.forget()
            begin = time.monotonic()
            said = collect(campaign)
            seconds = time.monotonic() - begin
            figures.append((said, len(relay.commands("FETCH")), relay.sent, seconds))
        assert len(whose(record)) == 3

    first, second = figures
    print(f"\n10,000 mails: {first[1:]}, then {second[1:]} (fetches, bytes, seconds)")  # noqa: T201
    assert "New responses: 3." in first[0]
    assert "New responses: 0." in second[0]
    assert first[1] < 40
    assert first[2] < sum(map(len, messages)) / 5
    assert second[1] == 0
    assert second[2] < 5000


def test_a_mail_is_looked_at_once(
    rounds: Rounds, mail_host: MailHost, relay: Relay, inbox: str, tmp_path: Path
) -> None:
    """The second run asks for what is new; `--all` for everything, and takes nothing in twice."""
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN))
        collect(campaign)
        mail_host.append(inbox, returned_by(campaign, record, BEN))
        relay.forget()
        said = collect(campaign)
        bodies = len(relay.commands("BODY.PEEK[])"))
        again = collect(campaign, "--all")

        assert "New responses: 1." in said
        assert bodies == 1
        assert "New responses: 0. Collected before: 2." in again
        assert len(whose(record)) == 2


def test_a_mailbox_that_was_numbered_anew_is_looked_through_again(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """A folder that was made again has another UIDVALIDITY, and its numbers begin at 1."""
    settings = {**imap_settings(mail_host), "imap.folder": "Answers"}
    with rounds.opened(tmp_path, **settings) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN, BEN), "Answers")
        collect(campaign)
        time.sleep(1.1)  # validities are times
        with mail_host.imap(inbox) as client:
            client.delete_folder("Answers")
        mail_host.append(inbox, returned_by(campaign, record, CAY), "Answers")

        assert "New responses: 1." in collect(campaign)
        assert len(whose(record)) == 3


def test_since_leaves_older_mails_to_a_later_run(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """What `--since` left alone is still found without it; older than the campaign is not."""
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, record):
        change_settings(campaign.folder, created=now().date() - timedelta(days=20))
        days = {ANN: 40, BEN: 10, CAY: 0}
        for one, ago in days.items():
            moment = int((now() - timedelta(days=ago)).timestamp())
            mail_host.fill(inbox, returned_by(campaign, record, one), first=moment)
        day = (now() - timedelta(days=2)).date().isoformat()

        assert "New responses: 1." in collect(campaign, "--since", day)
        assert "New responses: 1." in collect(campaign)
        assert standing_of(record, ANN).response is None
        long_ago = (now() - timedelta(days=60)).date().isoformat()
        assert "New responses: 1." in collect(campaign, "--since", long_ago)


def test_what_was_not_recorded_is_looked_at_again(
    rounds: Rounds,
    mail_host: MailHost,
    inbox: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A record that fails in the middle: the mark is not set past it, the next run completes."""
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN, BEN, CAY, DAN))
        count = itertools.count(1)

        def failing(*args: object) -> bool:
            if next(count) == 3:
                raise RecordError(
                    RecordErrorCode.RECORD_UNUSABLE, record="r", reason="test", advice=""
                )
            return save_arrival(*args)  # type: ignore[arg-type]

        with monkeypatch.context() as patched:
            patched.setattr("iml4e_xlsx.campaign.record.returns.save_arrival", failing)
            assert "The record r cannot be used: test." in collect(campaign, code=3)
        assert len(whose(record)) == 2
        assert "New responses: 2. Collected before: 2." in collect(campaign)


def test_mails_of_people_without_a_workbook_are_listed(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """Who, what about, when, once; strangers' letters and mails with a workbook are not."""
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, record):
        paper = mail(sender=BEN, subject="Scanned: answers", message_id="<2@x>", at=now())
        paper.add_attachment(PDF, maintype="application", subtype="octet-stream")
        mails = [
            mail(sender="Ann <ANN@example.org>", subject="I can not, söry", message_id="<1@x>"),
            paper,
            mail(sender="news@example.net", subject="News", message_id="<3@x>"),
            mail(sender=SENDER, subject="Note to myself", message_id="<4@x>"),
        ]
        mail_host.append(inbox, [one.as_bytes() for one in mails])
        mail_host.append(inbox, returned_by(campaign, record, CAY))
        said = collect(campaign)
        again = collect(campaign)

    day = now().date().isoformat()
    assert f"  ben@example.org  {day}  reply: Scanned: answers" in said
    assert "News" not in said
    assert "myself" not in said
    assert "New responses: 1." in said
    assert again.splitlines()[0] == "New responses: 0."
    assert "without a workbook" not in again


def test_a_real_report_of_a_mail_that_did_not_arrive(
    mail_host: MailHost, tmp_path: Path, inbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postfix returns our mail with its workbook: it is `bounced`, and no response."""
    monkeypatch.setenv("IML4E_SMTP_USER", inbox)
    monkeypatch.setenv("IML4E_SMTP_PASSWORD", mail_host.password)
    people = [Row(name="Zoe", mail="zoe@late.example.org")]
    settings = {
        **imap_settings(mail_host),
        "sender.mail": inbox,
        "smtp.host": mail_host.host,
        "smtp.port": mail_host.submission_port,
        "smtp.ca_file": str(mail_host.certificates.authority),
    }
    with built_campaign(tmp_path, people, roster="roster.csv", **settings) as (campaign, record):
        run("campaign", "send", "--smtp", campaign.folder)
        sent = standing_of(record, people[0].mail)
        mail_host.wait_for(inbox, 1)
        said = collect(campaign)
        standing = standing_of(record, people[0].mail)

        assert sent.stage is Stage.MISSING
        assert "Mails that came back as undeliverable: 1." in said
        assert standing.stage is Stage.MAIL_FAILED
        assert standing.invitation is not None
        assert standing.invitation.state is MailState.BOUNCED
        assert "The mailbox was closed" in standing.invitation.words
        assert all_returned(record) == []


def test_two_at_a_time_take_each_workbook_in_once(
    mail_host: MailHost, tmp_path: Path, inbox: str, database: str
) -> None:
    """Forty answers in one mailbox, two processes, no error on either side."""
    people = rows(20)
    with built_campaign(
        tmp_path, people, database=database, roster="roster.csv", **imap_settings(mail_host)
    ) as (campaign, record):
        mails = [
            message
            for rating in (1, 3)
            for message in returned_by(campaign, record, *(p.mail for p in people), rating=rating)
        ]
        mail_host.append(inbox, mails)
        command = (
            *("campaign", "collect", "--imap", "-C", campaign.folder),
            *("--database", database),
        )
        both = [start(*command) for _ in range(2)]
        said = [process.communicate(timeout=300) for process in both]
        found = all_returned(record)
        kept = originals(campaign)

        assert [process.returncode for process in both] == [0, 0], said
        assert len(found) == len({one.digest for one in found}) == 40
        assert sorted(sha256(data).hexdigest() for data in kept.values()) == sorted(
            one.digest for one in found
        )
        assert {standing_of(record, person.mail).stage for person in people} == {Stage.COMPLETE}
