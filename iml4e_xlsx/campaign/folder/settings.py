"""Reads the settings of a campaign from `campaign.toml`, or finds everything wrong in it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from iml4e_xlsx.analysis.small_groups import FEWEST_WITHOUT_NAMES
from iml4e_xlsx.campaign.folder.graph_settings import GraphSettings, make_graph
from iml4e_xlsx.campaign.folder.mail_server import MailServer, make_folders, make_server
from iml4e_xlsx.campaign.folder.original_place import IN_FOLDER
from iml4e_xlsx.campaign.folder.sender_settings import make_copies
from iml4e_xlsx.campaign.folder.settings_check import (
    SETTING_FIELDS,
    SettingsCheck,
    SettingTables,
)
from iml4e_xlsx.errors import SettingsError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import RoundNotice
from iml4e_xlsx.text.addresses import ascii_address
from iml4e_xlsx.text.interface_texts import load_texts

SETTINGS_FILE: Final = "campaign.toml"

_TWICE: Final = re.compile(r"Cannot declare \('(\w+)',\) twice")
"""What tomllib says of a table that stands twice, as where lines of a guide were pasted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    The settings of a campaign, as `campaign.toml` has them.

    `form` is the form of the scheme that people are asked for; empty for the whole of it. `raters`
    is how many people of a team are to rate each statement, `most_statements` how many one person
    is asked for at most; 0 where nobody said.
    `roster` and `database` are empty where the campaign's own files are meant. `per_minute` is
    how many mails may leave in a minute, 0 for as many as the server takes. `group_access` lets
    the group of the folder keep its access. `originals` is where returned files are kept: `folder`,
    `record` or a URL. `copies` are addresses that get a copy of each mail.
    `mail_folders` are the folders of the mailbox that are looked through by IMAP.
    `save_sent` says that mails sent by SMTP are copied into `sent_folder` of the mailbox, which is
    empty for the one that the server calls so. `calendar` says that the mails which ask for a
    workbook bring the deadline as a calendar entry. `anonymous` is a round whose answers are never
    linked to people; `fewest` is how many of them its teams have at least, None where nobody said.
    """

    id: str
    name: str
    created: date
    scheme: str
    language: str
    deadline: date | None
    roster: str
    database: str
    sender_name: str
    sender_mail: str
    reply_to: str
    interval_days: int
    most_reminders: int
    smtp: MailServer | None
    per_minute: int
    imap: MailServer | None
    mail_folders: tuple[str, ...]
    graph: GraphSettings | None = None
    form: str = ""
    raters: int = 0
    most_statements: int = 0
    group_access: bool = False
    originals: str = IN_FOLDER
    copies: tuple[str, ...] = ()
    save_sent: bool = False
    sent_folder: str = ""
    calendar: bool = False
    anonymous: bool = False
    fewest: int | None = None

    @property
    def promised_fewest(self) -> int | None:
        """Return how many people a team of an anonymous round has at least; None with names."""
        if not self.anonymous:
            return None
        return FEWEST_WITHOUT_NAMES if self.fewest is None else self.fewest

    @property
    def notice(self) -> RoundNotice:
        """Return what workbooks say about the round: the deadline, and where replies go."""
        parts = (self.sender_name, self.reply_to or self.sender_mail)
        return RoundNotice(deadline=self.deadline, contact=", ".join(filter(None, parts)))


def read_settings(path: Path) -> Settings:
    """
    Read the settings of a campaign.

    Raises:
        SettingsError: If the file cannot be read, or with everything that is wrong in it.
    """
    catalogue = FindingCatalogue(load_texts())
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text)
    except OSError as error:
        reason = str(error.strerror or error)
        place = Place(source=str(path))
        raise SettingsError([catalogue.setting_unreadable(place, reason)]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        place = Place(source=str(path), line=_syntax_line(error))
        if repeated := _TWICE.search(str(error)):
            finding = catalogue.setting_table_twice(place, repeated[1])
        else:
            finding = catalogue.setting_syntax(place, str(error))
        raise SettingsError([finding]) from error
    check = SettingsCheck(path, text, catalogue)
    tables = check.check_document(document)
    if check.findings:
        raise SettingsError(sorted(check.findings, key=lambda finding: finding.place.line or 0))
    return _make_settings(tables)


def _syntax_line(error: Exception) -> int | None:
    """Return the line that tomllib names in its words; it has it nowhere else."""
    match = re.search(r"at line (\d+)", str(error))
    return int(match[1]) if match else None


def _make_settings(tables: SettingTables) -> Settings:
    top, sender = tables[""], tables["sender"]
    return Settings(
        **{key: top[key] for key in SETTING_FIELDS[""]},
        sender_name=sender["name"],
        sender_mail=ascii_address(sender["mail"]),
        reply_to=ascii_address(sender["reply_to"]),
        copies=make_copies(sender["cc"]),
        raters=tables["parts"]["raters"],
        most_statements=tables["parts"]["most_statements"],
        interval_days=tables["reminders"]["interval_days"],
        most_reminders=tables["reminders"]["most"],
        smtp=make_server("smtp", tables["smtp"], tables["oauth2"]),
        per_minute=tables["smtp"]["mails_per_minute"],
        imap=make_server("imap", tables["imap"], tables["oauth2"]),
        mail_folders=make_folders(tables["imap"]["folder"]),
        save_sent=tables["imap"]["save_sent"],
        sent_folder=tables["imap"]["sent_folder"],
        graph=make_graph(tables["graph"], tables["oauth2"]),
    )
