"""Measures sending 1,000 mails with a workbook each against `smtplib.send_message` in a loop."""

from __future__ import annotations

import contextlib
import smtplib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.samples import CREATED
from iml4e_xlsx.campaign.folder.campaign import Campaign, init_campaign, open_campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.folder.record_access import open_record
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record, sqlite_url
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import MailPlan, plan_invitations
from iml4e_xlsx.campaign.send.send import send_mails
from iml4e_xlsx.campaign.servers.credentials import Login
from iml4e_xlsx.campaign.servers.smtp import Smtp
from iml4e_xlsx.campaign.workbooks import build_campaign
from tests.support.servers.certificates import Certificates, make_certificates
from tests.support.servers.smtp import SmtpServer

MAILS = 1000
_SENDER = "facilitator@example.org"
_ROUNDS = 2


def _build_campaign(folder: Path) -> tuple[Campaign, Record]:
    """Build a campaign with a workbook of the official scheme for each person."""
    init_campaign(folder, name="Round", created=CREATED)
    settings = folder / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('mail = ""', f'mail = "{_SENDER}"'), encoding="utf-8")
    rows = [f"Person {n},person{n}@example.org,Example,Team {n % 100}" for n in range(MAILS)]
    table = "\n".join(["name,mail,organisation,team", *rows])
    (folder / "roster.csv").write_text(table, encoding="utf-8")
    campaign = open_campaign(folder)
    record = open_record(campaign)
    build_campaign(campaign, record, now=current_time())
    return campaign, record


def _send_ours(
    campaign: Campaign, plan: MailPlan, server: SmtpServer, certificates: Certificates
) -> Callable[[], None]:
    """Return a job that sends a plan by us, each time with a record that has no mail."""
    where = MailServer(
        protocol="smtp",
        host=server.host,
        port=server.port,
        security="starttls",
        ca_file=str(certificates.authority),
    )
    fresh = (campaign.folder / "record.sqlite").read_bytes()

    def run() -> None:
        path = campaign.folder / "copy.sqlite"
        path.write_bytes(fresh)
        with (
            contextlib.closing(Record(sqlite_url(path), campaign.settings.id)) as record,
            Smtp(where, Login(server.user, server.password), campaign.folder) as smtp,
        ):
            done = send_mails(campaign, record, plan, smtp)
        assert len(done.outcomes) == MAILS
        assert smtp.connections == 1

    return run


def _send_theirs(
    campaign: Campaign, plan: MailPlan, server: SmtpServer, certificates: Certificates
) -> Callable[[], None]:
    """Return a job that composes the same mails and sends them in a loop, without a record."""

    def run() -> None:
        composer = MailComposer(campaign, current_time().date())
        with smtplib.SMTP(server.host, server.port) as smtp:
            smtp.starttls(context=certificates.client_context())
            smtp.login(server.user, server.password)
            for entry in plan.mails:
                smtp.send_message(
                    composer.compose_mail(
                        entry,
                        (campaign.folder / entry.built.file).read_bytes(),
                        message_id=mails.new_message_id(campaign.settings.sender_mail),
                        now=current_time(),
                    )
                )

    return run


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        certificates = make_certificates(Path(folder) / "certificates")
        campaign, record = _build_campaign(Path(folder) / "campaign")
        with contextlib.closing(record), record.begin(current_time()) as tx:
            plan = plan_invitations(tx, campaign)
        taken: dict[str, list[float]] = {"theirs": [], "ours": []}
        for _ in range(_ROUNDS):
            for name, variant in (("theirs", _send_theirs), ("ours", _send_ours)):
                # A server keeps what it gets: a new one each time, with nothing in its memory.
                with SmtpServer(certificates) as server:
                    job = variant(campaign, plan, server, certificates)
                    start = time.monotonic()
                    job()
                    taken[name].append(time.monotonic() - start)
    ratio = median(o / t for o, t in zip(taken["ours"], taken["theirs"], strict=True))
    print(f"\nSending {MAILS:,} mails with a workbook each over one connection with TLS")
    print(f"  smtplib.send_message in a loop, without a record  {median(taken['theirs']):9.2f} s")
    print(
        f"  iml4e campaign send, each recorded twice          {median(taken['ours']):9.2f} s   "
        f"{ratio:6.2f} times as long (wanted: below 60 s)"
    )
