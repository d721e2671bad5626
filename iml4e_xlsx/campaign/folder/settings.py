"""The settings of a campaign: `campaign.toml` to values, or all that is wrong with it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.text.addresses import ascii_address

SETTINGS_FILE: Final = "campaign.toml"

Security: TypeAlias = Literal["starttls", "tls", "none"]

LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
"""Hosts to which a connection may go without encryption: it does not leave the machine."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{4,32}")
_MAIL: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
_MOST: Final = 65_535
"""The greatest number of a port, and more than anybody needs of days or mails."""

_PORTS: Final = {
    ("smtp", "starttls"): 587,
    ("smtp", "tls"): 465,
    ("smtp", "none"): 25,
    ("imap", "starttls"): 143,
    ("imap", "tls"): 993,
    ("imap", "none"): 143,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server: where it is, how the connection is secured, whether it wants a login."""

    protocol: Literal["smtp", "imap"]
    host: str
    port: int
    security: Security
    ca_file: str = ""
    login: bool = True

    def __str__(self) -> str:
        """Return host and port, as messages name a server."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    What `campaign.toml` says.

    `roster` and `database` are empty where the campaign's own files are meant. `per_minute` is
    how many mails may leave in a minute, 0 for as many as the server takes.
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
    folder: str


_FIELDS: Final[Mapping[str, Mapping[str, tuple[type, Any]]]] = {
    "": {
        "id": (str, None),
        "name": (str, None),
        "created": (date, None),
        "scheme": (str, "scheme"),
        "language": (str, "en"),
        "deadline": (date, ...),
        "roster": (str, ""),
        "database": (str, ""),
    },
    "sender": {"name": (str, ""), "mail": (str, ""), "reply_to": (str, "")},
    "reminders": {"interval_days": (int, 7), "most": (int, 3)},
    "smtp": {
        "host": (str, ""),
        "port": (int, 0),
        "security": (str, "starttls"),
        "login": (bool, True),
        "ca_file": (str, ""),
        "mails_per_minute": (int, 0),
    },
    "imap": {
        "host": (str, ""),
        "port": (int, 0),
        "security": (str, "tls"),
        "login": (bool, True),
        "ca_file": (str, ""),
        "folder": (str, "INBOX"),
    },
}
"""Each table's keys: the type of the value, and its default; None if it must be given."""

_KINDS: Final = {str: "text in quotes", int: "a whole number", bool: "true or false"}
_SECRETS: Final = ("password", "passwd", "secret", "token", "user", "username")


def read_settings(path: Path) -> Settings:
    """
    Read the settings of a campaign.

    Raises:
        CampaignError: If the file cannot be read, or with everything that is wrong in it.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CampaignError(f"{path} cannot be read ({error.strerror or error}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CampaignError(f"{path} is no TOML: {error}. Mend that line.") from error
    mistakes: list[str] = []
    found = {name: _table(document, name, mistakes) for name in _FIELDS}
    mistakes += [
        _unknown(key, "", _FIELDS) for key in document if key not in {**_FIELDS, **_FIELDS[""]}
    ]
    mistakes += _doubtful(found)
    if mistakes:
        raise CampaignError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    return _settings(found)


def _table(document: Mapping[str, Any], name: str, mistakes: list[str]) -> dict[str, Any]:
    """Return a table's values with the defaults; what is wrong with it goes to `mistakes`."""
    known = _FIELDS[name]
    given = document.get(name, {}) if name else document
    if not isinstance(given, dict):
        mistakes.append(f"{name} is a value; write it as a table: [{name}]")
        given = {}
    values = {}
    for key, (kind, default) in known.items():
        value = given.get(key, default)
        if value is None:
            mistakes.append(f"{_spelled(name, key)} is missing; restore it from a new campaign.")
        elif value is not default and type(value) is not kind:
            wanted = _KINDS.get(kind, "a day such as 2026-12-18, without quotes")
            mistakes.append(f"{_spelled(name, key)} is {_shown(value)}; write {wanted}.")
        values[key] = None if value is ... else value
    if name:
        mistakes += [_unknown(key, name, known) for key in given if key not in known]
    return values


def _shown(value: object) -> str:
    """Return a value as TOML has it, or nearly so."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | date | time) else repr(value)


def _unknown(key: str, table: str, known: Mapping[str, object]) -> str:
    if key in _SECRETS:
        return (
            f"{_spelled(table, key)} does not belong in a campaign's folder; take it out. The "
            "login comes from the environment or the system keyring."
        )
    if table and key in _FIELDS[""]:
        return f"{_spelled(table, key)} is no setting there. Write it above the first [table]."
    names = known if table else [*_FIELDS[""], *filter(None, _FIELDS)]
    near = difflib.get_close_matches(key, names, n=1)
    hint = f" Is {near[0]} meant?" if near else f" There are: {', '.join(names)}."
    return f"{_spelled(table, key)} is no setting.{hint}"


def _spelled(table: str, key: str) -> str:
    return f"[{table}] {key}" if table else key


def _doubtful(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what is wrong with values of the right type."""
    top, said = found[""], []
    if isinstance(top["id"], str) and not _ID.fullmatch(top["id"]):
        said.append("id is to be 4 to 32 letters and figures; restore the one it was made with.")
    for table, values in found.items():
        for key, value in values.items():
            if isinstance(value, str) and not value.isprintable():
                said.append(f"{_spelled(table, key)} holds a line break or control character.")
            if _FIELDS[table][key][0] is int and type(value) is int and not 0 <= value <= _MOST:
                said.append(f"{_spelled(table, key)} is {value}; write 0 to {_MOST}.")
    said += _about_sender(found["sender"])
    for name in ("smtp", "imap"):
        said += _about_server(name, found[name])
    return said


def _about_sender(values: Mapping[str, Any]) -> Iterator[str]:
    for key in ("mail", "reply_to"):
        value = values[key]
        if not isinstance(value, str) or not value:
            continue
        if not _MAIL.fullmatch(value):
            yield f"[sender] {key} is {value!r}; write one mail address."
        elif not ascii_address(value).isascii():
            yield f"[sender] {key} is {value!r}; write it in plain letters from a to z."


def _about_server(name: str, values: Mapping[str, Any]) -> list[str]:
    security, said = values["security"], []
    if security not in ("starttls", "tls", "none"):
        said.append(f"[{name}] security is {security!r}; write starttls or tls.")
    if security == "none" and values["host"] not in ("", *LOCAL_HOSTS):
        said.append(
            f"[{name}] security is none, but {values['host']} is another machine: mails and "
            "passwords would cross the network in the clear. Write starttls or tls."
        )
    return said


def _settings(found: Mapping[str, Mapping[str, Any]]) -> Settings:
    top, sender = found[""], found["sender"]
    return Settings(
        **{key: top[key] for key in _FIELDS[""]},
        sender_name=sender["name"],
        sender_mail=ascii_address(sender["mail"]),
        reply_to=ascii_address(sender["reply_to"]),
        interval_days=found["reminders"]["interval_days"],
        most_reminders=found["reminders"]["most"],
        smtp=_server("smtp", found["smtp"]),
        per_minute=found["smtp"]["mails_per_minute"],
        imap=_server("imap", found["imap"]),
        folder=found["imap"]["folder"],
    )


def _server(protocol: Literal["smtp", "imap"], values: Mapping[str, Any]) -> MailServer | None:
    if not values["host"]:
        return None
    return MailServer(
        protocol=protocol,
        host=values["host"],
        port=values["port"] or _PORTS[protocol, values["security"]],
        security=values["security"],
        ca_file=values["ca_file"],
        login=values["login"],
    )
