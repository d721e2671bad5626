"""
Two rounds by mail: 40 people in 6 teams answer in every way that people answer in.

`spring.csv` and `autumn.csv` say what each person does, and at which stage, with which answer and
after which mails a careful human would see them end. The servers are real; the time is the test's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import pytest

from iml4e_xlsx.model import Scheme
from tests.support.campaigns import change_settings, run
from tests.support.mailing import Forking, mailhost_settings, to_whom
from tests.support.moving_clock import MovingClock
from tests.support.office import Office
from tests.support.servers.certificates import Certificates
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.mailhost import MailHost
from tests.support.servers.postgres import PostgresServer
from tests.support.servers.smtp import SmtpServer
from tests.support.two_rounds.deeds import STRANGER
from tests.support.two_rounds.expectation import read_expectations
from tests.support.two_rounds.facilitator import (
    Facilitator,
    RosterRow,
    change_row,
    expected_endings,
    handle_of,
    make_rows,
    spell_plainly,
    write_german_csv,
    write_xlsx,
)
from tests.support.two_rounds.figures import check_figures, check_trend
from tests.support.two_rounds.respondents import Respondents
from tests.support.two_rounds.round_play import RoundPlay

HERE: Final = Path(__file__).resolve().parent
SPRING: Final = read_expectations(HERE / "spring.csv")
AUTUMN: Final = read_expectations(HERE / "autumn.csv", first=len(SPRING))
SPRING_NAME: Final = "MLOps-Befragung Frühjahr"
FACILITATOR: Final = "zwei.runden@example.org"
ANNA, BERND, DOERTE, EVA, FRANK, FRANZ, GERD, GUENTHER, HANS, HEIKE, JAN, KATRIN, LARS, NOAH = (
    f"{name}@example.org"
    for name in (
        "anna.mueller", "bernd.gross", "doerte.schaefer", "eva.krueger", "frank.luedtke",
        "franz.neumann", "gerd.schwarz", "guenther.maass", "hans.jaeger", "heike.roessler",
        "jan.kowalski", "katrin.boettcher", "lars.oelgaard", "noah.wojcik",
    )
)  # fmt: skip
SABINE, TOBIAS, WERNER, XAVER, YILDIZ = (
    f"{name}@example.org"
    for name in ("sabine.fuss", "tobias.kuehn", "werner.gross", "xaver.huber", "yildiz.kaya")
)
OLD, NEW = "cecile.dubois@example.org", "cecile.dubois2@example.org"
STAYING: Final = tuple(one for one in SPRING if one.mail != JAN)


def test_two_rounds(  # noqa: PLR0913, PLR0917 - each is a part of the world
    mail_host: MailHost,
    postgres: PostgresServer,
    certificates: Certificates,
    smtp_server: StartsSmtpServers,
    office: Office,
    official: Scheme,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Each person ends where a careful human would see them, and all figures agree."""
    clock = MovingClock(datetime.now(UTC) - timedelta(days=150))
    clock.install(monkeypatch)
    monkeypatch.setenv("IML4E_IMAP_PASSWORD", mail_host.password)
    monkeypatch.setenv("IML4E_SMTP_PASSWORD", "secret")
    monkeypatch.setenv("IML4E_SMTP_USER", "campaign")
    server = smtp_server(faults=faults_of_spring())
    spring = start_round(tmp_path / "spring", SPRING_NAME, clock, official, mail_host)
    change_settings(
        spring.folder,
        **{
            "smtp.host": server.host,
            "smtp.port": server.port,
            "smtp.ca_file": str(certificates.authority),
            "deadline": (clock.time + timedelta(days=14)).date(),
        },
    )
    asked = Respondents(
        facilitator=FACILITATOR,
        people=SPRING,
        inbox_of=lambda mail: [one.content for one in server.messages if mail in one.recipients],
        scheme=official,
        office=office,
        clock=clock,
        folder=tmp_path,
    )

    def put_into_mailbox(mails: Sequence[EmailMessage]) -> None:
        first = int(clock.time.timestamp())
        mail_host.fill(FACILITATOR, [one.as_bytes() for one in mails], first=first)

    with Forking(tmp_path / "said", {}) as forking:
        play_spring(
            RoundPlay(
                facilitator=spring, respondents=asked, forking=forking, deliver=put_into_mailbox
            ),
            server,
        )
    check_spring(spring, server)
    before = check_figures(spring, STAYING, tmp_path)

    monkeypatch.delenv("IML4E_SMTP_USER")
    monkeypatch.setenv("IML4E_SMTP_PASSWORD", mail_host.password)
    clock.move_to_day(100)
    words = ("--database", postgres.new_database())
    autumn = start_round(
        tmp_path / "autumn", "MLOps-Befragung Herbst", clock, official, mail_host, *words
    )
    change_settings(autumn.folder, **mailhost_settings(mail_host, FACILITATOR, tls=False))
    asked_again = replace(
        asked, people=AUTUMN, inbox_of=mail_host.messages, sent={}, last_round=asked
    )
    with Forking(tmp_path / "said", {}) as forking:
        play_autumn(
            RoundPlay(
                facilitator=autumn,
                respondents=asked_again,
                forking=forking,
                deliver=lambda mails: mail_host.post(FACILITATOR, mails),
                first_day=100,
            ),
            mail_host,
        )
    check_autumn(autumn, mail_host)
    after = check_figures(autumn, AUTUMN, tmp_path)
    check_trend(tmp_path / "report.xlsx", official, (before, after))


def faults_of_spring() -> list[Fault]:
    """Return what goes wrong with the server: greylisting, a lost mailbox, a limit, a breakdown."""
    return [
        Fault("rcpt", "450 4.2.0 Greylisted", recipients=[FRANK], times=2),
        Fault("rcpt", "550 5.1.1 No such user", recipients=[GUENTHER]),
        Fault("mail", "421 4.7.0 Too many messages, slow down", ordinals=[12]),
        Fault("content", "451 4.3.0 Try again later", ordinals=[20]),
    ]


def start_round(
    folder: Path, name: str, clock: MovingClock, scheme: Scheme, host: MailHost, *words: str
) -> Facilitator:
    """Make the folder of a round with its sender and the mailbox."""
    run("campaign", "init", folder, "--name", name, *words)
    change_settings(
        folder,
        **{
            "language": "de",
            "sender.name": "Fay Förster",
            "sender.mail": FACILITATOR,
            "imap.host": host.host,
            "imap.port": host.imaps_port,
            "imap.ca_file": str(host.certificates.authority),
        },
    )
    return Facilitator(folder, clock, scheme, words)


def play_spring(play: RoundPlay, server: SmtpServer) -> None:
    """Play the first round."""
    build_spring(play.facilitator)
    invite_in_spring(play, server)
    see_to_first_answers(play)
    correct_roster(play)
    remind_in_spring(play)


def first_rows() -> list[RosterRow]:
    """Return the rows of the first roster, before anything was corrected."""
    rows = make_rows(one for one in SPRING if one.mail != NOAH)
    rows = change_row(rows, NEW, mail=OLD)
    rows = change_row(rows, KATRIN, team="Sprachassistent")
    return [replace(row, name=spell_plainly(row.name)) for row in rows]


def build_spring(spring: Facilitator) -> None:
    """Build from the roster as Excel writes it, which is refused where Excel has lost letters."""
    roster, rows = spring.folder / "roster.csv", first_rows()
    destroyed = [replace(row, name=one.name) for row, one in zip(rows, SPRING, strict=False)]
    write_german_csv(roster, destroyed, "cp1252")
    said = spring.run("build", code=1)
    assert 'Letters are lost: "?ukasz Wi?niewski"' in said
    assert 'save the table as "CSV UTF-8"' in said
    write_german_csv(roster, rows, "cp1252")
    assert "40 people: 40 workbooks made" in spring.run("build")


def invite_in_spring(play: RoundPlay, server: SmtpServer) -> None:
    """Send the invitations; twice the computer is switched off meanwhile."""
    spring = play.facilitator
    spring.run("send", "--preview", ANNA)
    assert "40 mails would leave" in spring.run("send")
    assert not server.messages
    play.die_in_sending("after the last line")
    play.die_in_sending("before delivery")
    said = spring.run("send", "--smtp", code=1)
    assert f"{GUENTHER}: refused: 550 5.1.1 No such user" in said
    assert "2 uncertain" in said
    # The server has the one, and not the other.
    arrived = to_whom(server.messages)
    assert BERND in arrived
    assert DOERTE not in arrived
    spring.run("settle", BERND, "--sent")
    spring.run("settle", DOERTE, "--not-sent")
    assert "Sent: 1." in spring.run("send", "--smtp")
    assert "Sent: 0." in spring.run("send", "--smtp")


def see_to_first_answers(play: RoundPlay) -> None:
    """Collect what comes until the third day, and see to it as the guide says."""
    spring = play.facilitator
    play.let_mails_come(1)
    play.let_mails_come(3)
    play.die_in_collecting()
    spring.run("collect", "--imap", code=1)
    assert "New responses: 0." in spring.run("collect", "--imap", "--all")
    assert "Nobody." in spring.run("remind")
    status = spring.status()
    for mail in (SABINE, TOBIAS):
        spring.run("handle", handle_of(status, mail))
    for mail in (WERNER, XAVER):
        spring.run("decline", mail)
    persons = {one["mail"]: one for one in status["persons"]}
    held = next(one for one in status["aside"] if one["sender"] == YILDIZ)
    assert "made for Zoe Brandt" in held["message"]
    spring.run("assign", held["handle"], YILDIZ)
    assert persons[HANS]["sender"] == STRANGER
    assert "counts now" in spring.run("assign", persons[HANS]["handle"], "--nobody")
    spring.run("readdress", OLD, NEW)
    rows = change_row(first_rows(), OLD, mail=NEW)
    write_german_csv(spring.folder / "roster.csv", rows, "cp1252")
    spring.run("build")
    assert "24 mails would leave" in spring.run("answer")
    assert "Sent: 24." in spring.run("answer", "--smtp")
    assert "Sent: 0." in spring.run("answer", "--smtp")


def correct_roster(play: RoundPlay) -> None:
    """Correct names, a team and a target, let people come and go, and move the deadline."""
    spring = play.facilitator
    play.begin_day(6)
    spring.run("decline", XAVER, "--undo")
    change_settings(spring.folder, deadline=(play.clock.begin + timedelta(days=30)).date())
    rows = change_row(make_rows(STAYING), LARS, target="4")
    write_german_csv(spring.folder / "roster.csv", rows, "utf-8-sig")
    said = spring.run("build")
    assert f"another target for {LARS}, who has answered" in said
    assert f"No longer in the roster: {JAN}." in said
    assert "Sent: 2." in spring.run("send", "--smtp")
    said = spring.run("remind", "--moved")
    assert "13 mails would leave" in said
    assert "4 have written and wait for an answer" in said
    assert "Sent: 13." in spring.run("remind", "--moved", "--smtp")
    assert "Sent: 0." in spring.run("remind", "--moved", "--smtp")


def remind_in_spring(play: RoundPlay) -> None:
    """Remind on the fourteenth day, and see to what comes of it."""
    spring = play.facilitator
    play.begin_day(14)
    assert "11 mails would leave" in spring.run("remind")
    assert "Sent: 11." in spring.run("remind", "--smtp")
    assert "Sent: 0." in spring.run("remind", "--smtp")
    play.let_mails_come(15)
    assert "New responses: 7." in spring.run("collect", "--imap")
    assert "Sent: 8." in spring.run("answer", "--smtp")


def check_spring(spring: Facilitator, server: SmtpServer) -> None:
    """Check where each person stands, that nobody got a mail twice, and what lies aside."""
    export = spring.export(spring.folder / "results.json")
    assert spring.endings(SPRING, export) == expected_endings(STAYING)
    status = spring.status()
    sent = count_sent(status)
    sent[JAN] += 1  # who is in the roster no more
    sent[OLD] += 1  # the invitation that came back is of the new address by now
    sent[NEW] -= 1
    assert Counter(to_whom(server.messages)) == sent
    assert status["unlisted"] == 1
    aside = sorted((one["sender"], one["respondent"]) for one in status["aside"])
    assert aside == [
        (STRANGER, "Hans Jäger"), (STRANGER, "Mia Thürmer"), (HEIKE, "Heike Rößler"),
    ]  # fmt: skip
    teams = {one["profile"]["respondent"]: one["profile"]["team"] for one in export["results"]}
    assert teams["Katrin Böttcher"] == "Preisgestaltung"


def count_sent(status: dict[str, Any]) -> Counter[str]:
    """Return how many mails each address got, by the record."""
    return Counter(
        {
            person["mail"]: count
            for person in status["persons"]
            if (count := sum(mail["state"] in ("sent", "bounced") for mail in person["mails"]))
        }
    )


def play_autumn(play: RoundPlay, host: MailHost) -> None:
    """Play the second round, half a year later, from another mail server and another database."""
    autumn, spring = play.facilitator, play.facilitator.folder.parent / "spring"
    write_xlsx(autumn.folder / "roster.xlsx", make_rows(AUTUMN))
    autumn.run("build", "--previous", spring)
    before = host.count(FACILITATOR)
    play.die_in_sending("before delivery")
    assert "1 uncertain" in autumn.run("send", "--smtp", code=1)
    assert host.count(BERND) == 0
    autumn.run("settle", BERND, "--not-sent")
    assert "Sent: 1." in autumn.run("send", "--smtp")
    host.wait_for(FACILITATOR, before + 1)  # Postfix reports that Gerd's mailbox is closed
    for one in AUTUMN:
        if one.stage != "mail_failed":
            host.wait_for(one.mail, 1)

    play.let_mails_come(3)
    play.die_in_collecting()
    autumn.run("collect", "--imap", code=1)
    autumn.run("decline", WERNER)
    autumn.run("answer", "--smtp")
    play.begin_day(11)
    autumn.run("remind", "--smtp")
    assert "Sent: 0." in autumn.run("remind", "--smtp")
    play.let_mails_come(12)
    assert "New responses: 2." in autumn.run("collect", "--imap")
    autumn.run("answer", "--smtp")
    assert "Sent: 0." in autumn.run("answer", "--smtp")


def check_autumn(autumn: Facilitator, host: MailHost) -> None:
    """Check where each person stands, that nobody got a mail twice, and what lies aside."""
    export = autumn.export(autumn.folder / "results.json")
    assert autumn.endings(AUTUMN, export) == expected_endings(AUTUMN)
    status = autumn.status()
    sent = count_sent(status)
    for one in AUTUMN:
        if one.stage != "mail_failed":
            host.wait_for(one.mail, sent[one.mail])
            assert host.count(one.mail) == sent[one.mail], one.mail
    (gerd,) = [one for one in status["persons"] if one["name"] == "Gerd Schwarz"]
    assert "The mailbox was closed" in gerd["mails"][0]["words"]
    aside = {one["sender"]: (one["round"], one["message"]) for one in status["aside"]}
    assert {round_ for round_, _ in aside.values()} == {SPRING_NAME}
    whose = {EVA: "Eva Krüger", FRANZ: "Lena Lange", BERND: "Bernd Groß"}
    assert aside.keys() == whose.keys()
    for sender, name in whose.items():
        assert f"of the round {SPRING_NAME}, of {name}" in aside[sender][1]
