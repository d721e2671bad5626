"""A round through Microsoft Graph: mails leave and answers come, each once, whatever happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mailboxes import find_position
from iml4e_xlsx.campaign.send import send as sending
from tests.support.campaigns import NOW, change_settings, run
from tests.support.graphing import graph_settings
from tests.support.mailbox import ANN, BEN, CAY, DAN, now, returned_by, whose
from tests.support.mailing import FakeClock, Forking, states_of
from tests.support.returning import Rounds, mail
from tests.support.servers.graph import GOOD_KEY, MAILBOX, GraphFault, GraphServer

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 120
KILLED = -9


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphServer]:
    """Yield a service whose token is in the environment."""
    monkeypatch.setenv("IML4E_GRAPH_TOKEN", GOOD_KEY)
    with GraphServer() as running:
        yield running


@pytest.fixture
def opened(
    rounds: Rounds, server: GraphServer, tmp_path: Path
) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of four people that mails by the service."""
    with rounds.opened(tmp_path, **graph_settings(server)) as both:
        yield both


def send(campaign: Campaign, *options: str, code: int = 0) -> str:
    return run("campaign", "send", campaign.folder, "--graph", *options, code=code).output


def collect(campaign: Campaign, *options: str, code: int = 0) -> str:
    return run("campaign", "collect", "--graph", *options, "-C", campaign.folder, code=code).output


def test_a_round_goes_out_and_comes_back(
    opened: tuple[Campaign, Record], server: GraphServer
) -> None:
    """Everybody is mailed once; answers are found among other mails; who is left is reminded."""
    campaign, record = opened
    send(campaign)
    assert sorted(server.recipients) == [ANN, BEN, CAY, DAN]
    assert set(states_of(record).values()) == {"sent"}
    send(campaign)
    assert len(server.sent) == 4

    other = mail(("photo.pdf", PDF), sender=CAY, message_id="<other@x>", at=now()).as_bytes()
    server.page_size = 2
    server.arrive(other, *returned_by(campaign, record, ANN, BEN), *server.sent)
    said = collect(campaign)

    assert "New responses: 2." in said
    assert CAY in said
    assert "New responses: 0." in collect(campaign)
    fetched = [one for one in server.requests if one.endswith("/$value")]
    assert len(fetched) == 6, "a mail without a workbook is not fetched, and none twice"

    run("campaign", "remind", campaign.folder, "--graph", "--again", CAY)
    assert server.recipients[4:] == [CAY]


def test_only_what_is_new_is_looked_through(
    opened: tuple[Campaign, Record], server: GraphServer
) -> None:
    """Also a mail that comes into the folder late; with --all, each."""
    campaign, record = opened
    ann, ben, cay = returned_by(campaign, record, ANN, BEN, CAY)
    server.arrive(ann)
    (late,) = server.arrive(ben, folder="junkemail", received=now() - timedelta(minutes=5))
    assert "New responses: 1." in collect(campaign)
    server.arrive(cay)
    moved = server.find_mail(late)
    assert moved is not None
    moved.folder = "inbox"
    server.changes.append(("inbox", late))
    before = len(server.requests)

    assert "New responses: 2." in collect(campaign)

    assert sum(one.endswith("/$value") for one in server.requests[before:]) == 2
    before = len(server.requests)
    collect(campaign, "--all")
    assert sum(one.endswith("/$value") for one in server.requests[before:]) == 3


def test_marks_that_graph_has_forgotten_let_all_be_looked_through(
    opened: tuple[Campaign, Record], server: GraphServer
) -> None:
    campaign, record = opened
    ann, ben = returned_by(campaign, record, ANN, BEN)
    server.arrive(ann)
    collect(campaign)
    server.arrive(ben)
    server.forgets = True

    assert "New responses: 1." in collect(campaign)


def test_mails_from_before_the_campaign_are_none_of_ours(
    opened: tuple[Campaign, Record], server: GraphServer
) -> None:
    campaign, record = opened
    old = datetime(2001, 1, 1, tzinfo=UTC)
    server.arrive(*returned_by(campaign, record, ANN), received=old)

    assert "New responses: 0." in collect(campaign)
    assert not any(one.endswith("/$value") for one in server.requests)


def test_a_busy_or_silent_service_is_asked_again(
    opened: tuple[Campaign, Record], server: GraphServer
) -> None:
    campaign, record = opened
    server.arrive(*returned_by(campaign, record, ANN))
    server.faults += [
        GraphFault("/delta", 429, "TooManyRequests", retry_after="0", times=2),
        GraphFault("/$value", 503, "ServiceUnavailable", retry_after="0", times=1),
    ]

    assert "New responses: 1." in collect(campaign)


def test_collected_mails_are_moved(opened: tuple[Campaign, Record], server: GraphServer) -> None:
    """To a folder in a folder, which is made; what brought nothing stays."""
    campaign, record = opened
    other = mail(("photo.pdf", PDF), sender=CAY, message_id="<other@x>", at=now()).as_bytes()
    keys = server.arrive(*returned_by(campaign, record, ANN, BEN), other)

    collect(campaign, "--move", "Round/It's done")

    assert server.folders == {"folder0": ("Round", ""), "folder1": ("It's done", "folder0")}
    places = [one.folder for one in server.mails]
    assert places == ["folder1", "folder1", "inbox"]
    assert len(keys) == 3


def test_a_limit_of_the_account_makes_all_mails_wait(
    opened: tuple[Campaign, Record], server: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as the service asks, once for all, and nothing is asked meanwhile."""
    campaign, record = opened
    clock = FakeClock()
    monkeypatch.setattr(sending, "Clock", lambda: clock.clock)
    server.faults.append(
        GraphFault("sendMail", 429, "TooManyRequests", retry_after="170", ordinals=(3,))
    )

    said = send(campaign)

    assert set(states_of(record).values()) == {"sent"}
    assert sorted(server.recipients) == [ANN, BEN, CAY, DAN]
    assert sum("sendMail" in one for one in server.requests) == 5
    assert clock.slept[0] == pytest.approx(170)
    assert "It took 2 mails in the minute before. Waiting until " in said
    assert "Set mails_per_minute = 2 under [graph] in campaign.toml" in said


def test_a_service_that_stays_busy_ends_the_run(
    opened: tuple[Campaign, Record], server: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After five pauses, each longer where it does not say how long; nobody is refused."""
    campaign, record = opened
    clock = FakeClock()
    monkeypatch.setattr(sending, "Clock", lambda: clock.clock)
    server.faults.append(GraphFault("sendMail", 503, "ServiceUnavailable"))

    said = send(campaign, code=3)

    assert clock.slept == pytest.approx([60, 120, 240, 480, 900])
    assert "The run has waited 5 times, 30 minutes in all" in said
    assert set(states_of(record).values()) <= {"deferred", ""}
    server.faults.clear()
    send(campaign)
    assert sorted(server.recipients) == [ANN, BEN, CAY, DAN]


def test_a_folder_of_ones_own_is_found_by_its_path(
    opened: tuple[Campaign, Record], server: GraphServer
) -> None:
    campaign, record = opened
    server.folders |= {"f0": ("Umfragen", ""), "f1": ("Größe", "f0")}
    server.arrive(*returned_by(campaign, record, ANN), folder="f1")
    change_settings(campaign.folder, **{"graph.folder": "Umfragen/Größe"})

    assert "New responses: 1." in collect(campaign)

    change_settings(campaign.folder, **{"graph.folder": "Umfragen/Anders"})
    said = " ".join(collect(campaign, code=3).split())
    assert "has no folder Umfragen/Anders. In its place there are: Größe." in said


def test_several_folders_are_looked_through(
    opened: tuple[Campaign, Record], server: GraphServer
) -> None:
    """A mail that somebody moves meanwhile counts once; a missing folder hides no other one."""
    campaign, record = opened
    ann, ben = returned_by(campaign, record, ANN, BEN)
    (key,) = server.arrive(ann)
    server.arrive(ben, folder="junkemail")
    change_settings(campaign.folder, **{"graph.folder": ["Nowhere", "inbox", "junkemail"]})

    said = " ".join(collect(campaign, code=3).split())
    assert "has no folder Nowhere. In its place there are: Inbox, Junk Email." in said
    assert len(whose(record)) == 2

    change_settings(campaign.folder, **{"graph.folder": ["inbox", "junkemail"]})
    moved = server.find_mail(key)
    assert moved is not None
    moved.folder = "junkemail"
    server.changes.append(("junkemail", key))
    said = collect(campaign)
    assert "New responses: 0. Collected before: 1." in said
    assert len(whose(record)) == 2


def test_a_mail_above_the_limit_is_not_fetched_whole(
    opened: tuple[Campaign, Record], server: GraphServer
) -> None:
    """Its sender is known, and the mail is named."""
    campaign, _ = opened
    large = mail(("x.xlsx", bytes(300_000)), sender=ANN, message_id="<l@x>", at=now())
    server.arrive(large.as_bytes())

    said = collect(campaign, "--limit", "message=200kB", code=1)

    assert ANN in said


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("ErrorAccessDenied", 403, "Mail.ReadWrite"),
        ("MailboxNotEnabledForRESTAPI", 404, "no mailbox fay@example.org"),
        ("InvalidAuthenticationToken", 401, "does not take the token"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_named(
    opened: tuple[Campaign, Record], server: GraphServer, code: str, status: int, words: str
) -> None:
    campaign, _ = opened
    server.faults.append(GraphFault("mailFolders", status, code))

    said = collect(campaign, code=3)

    assert words in said
    assert code in said


def test_without_settings_or_token_it_is_said_what_is_missing(
    rounds: Rounds, tmp_path: Path, server: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rounds.opened(tmp_path) as (campaign, _):
        for said in (send(campaign, code=1), collect(campaign, code=1)):
            assert "Write its address as mailbox under [graph]" in said
        change_settings(campaign.folder, **graph_settings(server))
        monkeypatch.delenv("IML4E_GRAPH_TOKEN")
        for said in (send(campaign, code=3), collect(campaign, code=3)):
            assert "IML4E_GRAPH_TOKEN" in said
    assert not server.requests


def test_the_token_is_nowhere(opened: tuple[Campaign, Record], server: GraphServer) -> None:
    """Neither in the folder, nor in the record, nor in what is said, whatever goes wrong."""
    campaign, record = opened
    server.faults += [
        GraphFault("sendMail", 400, f"Broken {GOOD_KEY}", ordinals=(1,)),
        GraphFault("sendMail", drop=True, ordinals=(2,)),
    ]
    said = send(campaign, code=1)
    server.arrive(*returned_by(campaign, record, ANN))
    said += collect(campaign) + run("campaign", "status", campaign.folder).output
    kept = b"".join(path.read_bytes() for path in campaign.folder.rglob("*") if path.is_file())

    assert sorted(states_of(record).values()) == ["refused", "sent", "sent", "uncertain"]
    assert GOOD_KEY not in said
    assert GOOD_KEY.encode() not in kept


def test_a_link_to_another_service_gets_no_token(
    opened: tuple[Campaign, Record], server: GraphServer
) -> None:
    """Whoever can write into the record must not get at the mailbox."""
    campaign, record = opened
    collect(campaign)
    with record.begin(NOW) as tx:
        tx.connection.exec_driver_sql("UPDATE mailboxes SET link = 'https://evil.example/v1.0/x'")
        name = f"{MAILBOX}@{server.address[7:-5]}/inbox"
        assert find_position(tx, name) is not None

    assert "evil.example" in collect(campaign, code=3)


@pytest.fixture(scope="module")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forking]:
    """Return what starts processes, any token of which is right."""
    with Forking(
        tmp_path_factory.mktemp("forking") / "output", {"IML4E_GRAPH_TOKEN": GOOD_KEY}
    ) as one:
        yield one


_DIE = """
import os, signal
from iml4e_xlsx.campaign.servers import graph_transport, graph_client
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
"""
DEATHS = {
    "before the request": ("", "graph_client.GraphClient.ask = die"),
    "after the answer": (
        "kept",
        """
ask = graph_client.GraphClient.ask
graph_client.GraphClient.ask = lambda *a, **b: (ask(*a, **b), die())
""",
    ),
}


@pytest.mark.parametrize("moment", DEATHS)
def test_a_sender_that_is_killed_mails_nobody_twice(
    opened: tuple[Campaign, Record], server: GraphServer, forking: Forking, moment: str
) -> None:
    """Each kill leaves one mail uncertain, and the rest is mailed once."""
    campaign, record = opened
    args = ["campaign", "send", campaign.folder, "--graph"]
    left, patch = DEATHS[moment]
    for _ in range(2):
        assert forking.run(*args, before=_DIE + patch) == KILLED, forking.said
    assert len(server.sent) == (2 if left else 0)

    assert forking.run(*args) == 0, forking.said

    assert sorted(states_of(record).values()) == ["sending", "sending", "sent", "sent"]
    assert max(Counter(server.recipients).values()) == 1
    assert len(server.sent) == (4 if left else 2)
    assert "2 uncertain" in forking.said
