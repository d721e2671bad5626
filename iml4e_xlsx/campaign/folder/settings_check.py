"""Checks the values of `campaign.toml`: their types, and everything else that may be wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final, TypeAlias

from iml4e_xlsx.campaign.folder.graph_settings import GRAPH_FIELDS, is_service_address
from iml4e_xlsx.campaign.folder.mail_server import (
    LOCAL_HOSTS,
    OAUTH2,
    OAUTH2_FIELDS,
    SECURITIES,
    SERVER_FIELDS,
    is_folder_setting,
)
from iml4e_xlsx.campaign.folder.original_place import IN_FOLDER, is_place_of_originals
from iml4e_xlsx.campaign.folder.sender_settings import SENDER_FIELDS, find_sender_mistakes
from iml4e_xlsx.campaign.folder.token_settings import PROVIDERS
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.text.message import message

DATABASE_VARIABLE: Final = "IML4E_DATABASE"

_ID: Final = re.compile(r"[A-Za-z0-9_-]{4,32}")
_AUTHORITY: Final = re.compile(r"https://[^\s/@?#]+(/[^\s@?#]*)?")
_PROXY: Final = re.compile(r"(http|socks5)://([^\s/@:?#]+|\[[0-9A-Fa-f:]+\]):\d{1,5}/?")
_MOST: Final = 65_535
"""The greatest number of a port, and more than anybody needs of days or mails."""

_FIRST_DAY: Final = date(2000, 1, 1)
_LAST_DAY: Final = date(2999, 12, 31)
"""Days of rounds; near the ends of the calendar there is no day before, or after."""
_LEAST_FEWEST: Final = 2
"""The answers of a team of one are somebody's."""

_HEADING: Final = re.compile(r"\s*\[+\s*([A-Za-z0-9_-]+)\s*\]")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
"""Lines of TOML that begin a table, and a value."""


SETTING_FIELDS: Final[Mapping[str, Mapping[str, tuple[type, Any]]]] = {
    "": {
        "id": (str, None),
        "name": (str, None),
        "created": (date, None),
        "scheme": (str, "scheme"),
        "language": (str, "en"),
        "form": (str, ""),
        "deadline": (date, ...),
        "calendar": (bool, False),
        "roster": (str, ""),
        "database": (str, ""),
        "group_access": (bool, False),
        "originals": (str, IN_FOLDER),
        "anonymous": (bool, False),
        "fewest": (int, ...),
    },
    "sender": SENDER_FIELDS,
    "parts": {"raters": (int, 0), "most_statements": (int, 0)},
    "reminders": {"interval_days": (int, 7), "most": (int, 3)},
    "smtp": {**SERVER_FIELDS, "mails_per_minute": (int, 0)},
    "imap": {
        **SERVER_FIELDS,
        "security": (str, "tls"),
        "folder": (str, "INBOX"),
        "save_sent": (bool, False),
        "sent_folder": (str, ""),
    },
    "graph": GRAPH_FIELDS,
    "oauth2": OAUTH2_FIELDS,
}
"""Each table's keys: the type of the value, and its default; None if it must be given."""

_KINDS: Final[Mapping[type, str]] = {
    str: "text",
    int: "number",
    bool: "truth",
    date: "day",
    list: "command",
}
"""What a value is to be: texts of `setting`."""

_LOGINS: Final = ("[smtp] login", "[imap] login")
_FOLDERS: Final = ("[imap] folder", "[graph] folder")
_SECRETS: Final = (
    "password",
    "passwd",
    "secret",
    "client_secret",
    "token",
    "access_token",
    "refresh_token",
    "user",
    "username",
)

SettingTables: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The values by table and key; the table without a name holds what stands above all tables."""


class SettingsCheck:
    """Checks the document of a file; `findings` collects everything that is wrong in it."""

    def __init__(self, path: Path, text: str, catalogue: FindingCatalogue) -> None:
        self.findings: list[Finding] = []
        self._source = str(path)
        self._lines = _setting_lines(text)
        self._make = catalogue

    def check_document(self, document: Mapping[str, Any]) -> SettingTables:
        """Return each table's values with the defaults."""
        tables = {name: self._check_table(document, name) for name in SETTING_FIELDS}
        for key in document:
            if key not in {**SETTING_FIELDS, **SETTING_FIELDS[""]}:
                self._report_unknown("", key)
        for name, values in tables.items():
            self._check_values(name, values)
        places = {key: self._place("sender", key) for key in SENDER_FIELDS}
        self.findings += find_sender_mistakes(tables["sender"], places, self._make)
        for name in ("smtp", "imap"):
            self._check_server(name, tables[name])
        self._check_sent(tables["imap"])
        self._check_graph(tables["graph"]["address"])
        self._check_oauth2(tables["oauth2"])
        self._check_database(tables[""]["database"])
        self._check_originals(tables[""]["originals"])
        for key in ("roster", "scheme"):
            self._check_inside(key, tables[""][key])
        self._check_fewest(tables[""])
        return tables

    def _place(self, table: str, key: str) -> Place:
        line = self._lines.get((table, key)) or self._lines.get((table, ""))
        return Place(source=self._source, line=line)

    def _check_table(self, document: Mapping[str, Any], name: str) -> dict[str, Any]:
        values = document.get(name, {}) if name else document
        if not isinstance(values, dict):
            self.findings.append(self._make.setting_not_table(self._place("", name), name))
            values = {}
        checked = {}
        for key, (kind, default) in SETTING_FIELDS[name].items():
            value = values.get(key, default)
            place, label = self._place(name, key), _label(name, key)
            if value is None:
                self.findings.append(self._make.setting_missing(place, label))
            # Not isinstance: true is an int, and a time of day is a kind of date.
            elif value is not default and not _is_of_kind(value, kind, label):
                expected = message(_name_kind(kind, label))
                self.findings.append(
                    self._make.setting_wrong_type(place, label, _toml_text(value), expected)
                )
            checked[key] = None if value is ... else value
        for key in values if name else ():
            if key not in SETTING_FIELDS[name]:
                self._report_unknown(name, key)
        return checked

    def _report_unknown(self, table: str, key: str) -> None:
        place, label = self._place(table, key), _label(table, key)
        # The folder is zipped, mailed and kept: a login in it reaches people it is not meant for.
        if key in _SECRETS:
            finding = self._make.setting_secret(place, label)
        # TOML puts whatever is added at the end of a file into the last table.
        elif table and key in SETTING_FIELDS[""]:
            finding = self._make.setting_misplaced(place, label)
        else:
            names = (
                tuple(SETTING_FIELDS[table])
                if table
                else (*SETTING_FIELDS[""], *filter(None, SETTING_FIELDS))
            )
            near = difflib.get_close_matches(key, names, n=1)
            finding = self._make.setting_unknown(
                place, label, message("list.all", names=tuple(near) or names)
            )
        self.findings.append(finding)

    def _check_values(self, table: str, values: Mapping[str, Any]) -> None:
        for key, value in values.items():
            place, label = self._place(table, key), _label(table, key)
            texts = value if isinstance(value, list) else [value]
            if any(isinstance(text, str) and not text.isprintable() for text in texts):
                self.findings.append(self._make.setting_control_character(place, label))
            if (
                SETTING_FIELDS[table][key][0] is int
                and type(value) is int
                and not 0 <= value <= _MOST
            ):
                self.findings.append(self._make.setting_number(place, label, value, _MOST))
            if type(value) is date and not _FIRST_DAY <= value <= _LAST_DAY:
                self.findings.append(
                    self._make.setting_day(place, label, value, _FIRST_DAY, _LAST_DAY)
                )
        if not table and isinstance(values["id"], str) and not _ID.fullmatch(values["id"]):
            self.findings.append(self._make.setting_id(self._place("", "id"), values["id"]))

    def _check_inside(self, key: str, value: object) -> None:
        """Refuse a path out of the folder, which may have come from somebody else."""
        if not isinstance(value, str):
            return
        # As both systems read it: the folder may be made on one and used on the other.
        kinds = (PurePosixPath(value), PureWindowsPath(value))
        if any(path.anchor or path.drive or ".." in path.parts for path in kinds):
            self.findings.append(self._make.setting_outside(self._place("", key), key, value))

    def _check_server(self, table: str, values: Mapping[str, Any]) -> None:
        security, host = values["security"], values["host"]
        place, label = self._place(table, "security"), _label(table, "security")
        if isinstance(security, str) and security not in SECURITIES:
            self.findings.append(self._make.setting_security(place, label, security))
        if security == "none" and isinstance(host, str) and host not in ("", *LOCAL_HOSTS):
            self.findings.append(self._make.setting_unencrypted(place, label, host))
        elif security == "none" and values["proxy"]:  # which may be anywhere, and so may the host
            finding = self._make.setting_unencrypted(place, label, str(values["proxy"]))
            self.findings.append(finding)
        self._check_proxy(table, values["proxy"])

    def _check_sent(self, values: Mapping[str, Any]) -> None:
        if values["save_sent"] is True and not values["host"]:
            self.findings.append(self._make.setting_without_host(self._place("imap", "save_sent")))

    def _check_proxy(self, table: str, proxy: object) -> None:
        if isinstance(proxy, str) and proxy and not _PROXY.fullmatch(proxy):
            place, label = self._place(table, "proxy"), _label(table, "proxy")
            self.findings.append(self._make.setting_proxy(place, label))

    def _check_graph(self, address: object) -> None:
        # Tokens go there, so it must be encrypted, or not leave the machine.
        if isinstance(address, str) and not is_service_address(address):
            place, label = self._place("graph", "address"), _label("graph", "address")
            self.findings.append(self._make.setting_service(place, label))

    def _check_oauth2(self, values: Mapping[str, Any]) -> None:
        provider, authority = values["provider"], values["authority"]
        self._check_proxy("oauth2", values["proxy"])
        if isinstance(provider, str) and provider not in ("", *PROVIDERS):
            place, label = self._place("oauth2", "provider"), _label("oauth2", "provider")
            self.findings.append(self._make.setting_provider(place, label, provider))
        # A refresh token goes there, so it must be encrypted, and nobody's name belongs into it.
        if isinstance(authority, str) and authority and not _AUTHORITY.fullmatch(authority):
            place, label = self._place("oauth2", "authority"), _label("oauth2", "authority")
            self.findings.append(self._make.setting_authority(place, label))

    def _check_database(self, url: object) -> None:
        if not isinstance(url, str) or not url:
            return
        from iml4e_xlsx.campaign.record.connection import has_password

        try:
            is_leak = has_password(url)
        except RecordError:  # not a URL: opening the record reports it, wherever it comes from
            return
        if is_leak:
            place = self._place("", "database")
            finding = self._make.setting_database_password(place, DATABASE_VARIABLE)
            self.findings.append(finding)

    def _check_fewest(self, values: Mapping[str, Any]) -> None:
        fewest, place = values["fewest"], self._place("", "fewest")
        if type(fewest) is int and fewest < _LEAST_FEWEST:
            self.findings.append(self._make.setting_fewest(place, fewest, _LEAST_FEWEST))
        elif fewest is not None and values["anonymous"] is False:
            self.findings.append(self._make.setting_fewest_of_named(place))

    def _check_originals(self, place: object) -> None:
        if isinstance(place, str) and not is_place_of_originals(place):
            self.findings.append(self._make.setting_originals(self._place("", "originals")))


def _setting_lines(text: str) -> dict[tuple[str, str], int]:
    """Return the line of each table and key, which the TOML reader does not report."""
    lines: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := _HEADING.match(line):
            table = heading[1]
            lines.setdefault((table, ""), number)
            lines.setdefault(("", table), number)
        elif key := _KEY.match(line):
            lines.setdefault((table, key[1]), number)
    return lines


def _label(table: str, key: str) -> str:
    """Return a setting as messages name it."""
    return f"[{table}] {key}" if table else key


def _is_of_kind(value: object, kind: type, label: str) -> bool:
    if label in _FOLDERS:
        return is_folder_setting(value)
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return type(value) is kind or (label in _LOGINS and value == OAUTH2)


def _name_kind(kind: type, label: str) -> str:
    """Return the key of the text that says what a value is to be."""
    special = {
        **dict.fromkeys(_LOGINS, "login"),
        **dict.fromkeys(_FOLDERS, "folders"),
        "[sender] cc": "addresses",
    }
    return f"setting.{special.get(label, _KINDS[kind])}"


def _toml_text(value: object) -> str:
    """Return a value as TOML has it, or nearly so."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | date | time) else repr(value)
