"""Opens the folder of a campaign, names the places in it, and makes a new one."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from iml4e_xlsx import resources
from iml4e_xlsx.campaign.folder.file_modes import close_folder, make_own_folder
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE, Settings, read_settings
from iml4e_xlsx.campaign.folder.settings_check import DATABASE_VARIABLE
from iml4e_xlsx.campaign.folder.text_templates import TextTemplates
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.errors import CampaignError, OutputExistsError, RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.error_codes import CampaignErrorCode
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.output import write_output
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.roster.roster_table import read_table
from iml4e_xlsx.roster.template import roster_csv, roster_workbook
from iml4e_xlsx.scheme import load_scheme, scheme_folder
from iml4e_xlsx.scheme.forms import find_form, select_form
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.moments import local_day

ROSTERS: Final = ("roster.xlsx", "roster.csv")
RECORD_FILE: Final = "record.sqlite"
FOLDER_FILE: Final = "folder.json"

_TIME_TO_ANSWER: Final = timedelta(days=14)
"""After so many days ends the deadline that new settings have as an example."""

_FILES: Final = (*ROSTERS, RECORD_FILE, SETTINGS_FILE, "README.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign's folder with its settings; `database` is the URL of its record."""

    folder: Path
    settings: Settings
    database: str

    @property
    def workbooks(self) -> Path:
        """Return the folder of the workbooks as they are sent."""
        return self.folder / "workbooks"

    @property
    def returned(self) -> Path:
        """Return the folder of what came back, unaltered."""
        return self.folder / "returned"

    @property
    def aside(self) -> Path:
        """Return the folder of what came back and is nobody's."""
        return self.folder / "aside"

    @property
    def copies(self) -> Path:
        """Return the folder of the copies of the record."""
        return self.folder / "copies"

    @property
    def own_paths(self) -> tuple[Path, ...]:
        """Return the campaign's own files and folders, in which no answers are looked for."""
        rosters = (self.folder / name for name in (*ROSTERS, self.settings.roster) if name)
        identity = self.folder / FOLDER_FILE
        return (self.workbooks, self.returned, self.aside, self.copies, identity, *rosters)

    @property
    def mail_texts(self) -> Path:
        """Return the folder of the mails' texts, with a folder for each language."""
        return self.folder / "mail"

    @property
    def scheme_path(self) -> Path:
        """Return the folder of the campaign's own copy of its scheme."""
        return self.folder / self.settings.scheme

    @property
    def mail_languages(self) -> tuple[str, ...]:
        """Return the languages that there are mail texts in, sorted."""
        return tuple(sorted(path.name for path in self.mail_texts.glob("*") if path.is_dir()))

    def resolve_path(self, name: str) -> Path:
        """
        Return where a file of the campaign is, by its path in the folder.

        Raises:
            CampaignError: If it is elsewhere: a record may have come from somebody else.
        """
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise CampaignError(
                CampaignErrorCode.FILE_OUTSIDE_FOLDER, folder=self.folder, file=repr(name)
            )
        return path

    def load_scheme(self, language: str = "") -> Scheme:
        """
        Return the scheme in a language, or in its own where it has no such language.

        It is the form that the settings name, if they do.

        Raises:
            SchemeError: If the scheme cannot be used; says everything that is wrong.
        """
        own = load_scheme(self.scheme_path)
        scheme = load_scheme(self.scheme_path, language) if language in own.languages else own
        return select_form(scheme, self.settings.form)

    def load_form(self, person: Person) -> Scheme:
        """
        Return what a person is asked for, in their language.

        Raises:
            SchemeError: If the scheme cannot be used.
        """
        scheme = self.load_scheme(self.choose_language(person.language))
        return scheme if person.scope is None else find_form(scheme, person.scope.form)

    def choose_language(self, language: str) -> str:
        """Return the language of somebody whose row in the roster says this, or nothing."""
        return language or self.settings.language

    def known_schemes(self) -> Schemes:
        """Return the schemes that a returned workbook may belong to, the campaign's own first."""
        return Schemes.find_installed((self.scheme_path,))

    def roster_languages(self) -> tuple[str, ...]:
        """Return the languages that a roster may name: of the scheme, or of the mails' texts."""
        return tuple(dict.fromkeys((*self.load_scheme().languages, *self.mail_languages)))


def open_campaign(
    folder: str | Path, *, database: str = "", use_environment: bool = True
) -> Campaign:
    """
    Open the campaign in a folder.

    Args:
        folder: Where its `campaign.toml` is.
        database: The URL of its record; by default what IML4E_DATABASE or the settings say,
            else the file beside them. A path in the settings is seen from the folder.
        use_environment: Whether IML4E_DATABASE counts.

    Raises:
        CampaignError: If there is none, or with everything that is wrong with its settings.
    """
    path = Path(folder)
    if not (path / SETTINGS_FILE).is_file():
        raise CampaignError(
            CampaignErrorCode.NOT_A_CAMPAIGN, folder=path.resolve(), settings=SETTINGS_FILE
        )
    settings = read_settings(path / SETTINGS_FILE)
    named = database or (os.environ.get(DATABASE_VARIABLE, "") if use_environment else "")
    return Campaign(
        folder=path, settings=settings, database=named or _choose_database(path, settings)
    )


def init_campaign(  # noqa: PLR0913 - each choice has a default, and most are left as they are
    folder: str | Path,
    *,
    name: str,
    created: datetime,
    scheme: str | Path = "iml4e-mlops",
    language: str = "",
    database: str = "",
    fewest: int | None = None,
    force: bool = False,
) -> Campaign:
    """
    Make the folder of a new campaign: settings, rosters to fill in, mail texts, scheme, record.

    What fails leaves nothing of it behind.

    Args:
        folder: Where to; made if needed.
        name: What the round is called.
        created: Now.
        scheme: The id of an installed scheme or the path of one; it is copied.
        language: Of those whose row names none; the scheme's own by default.
        database: The URL of the record, if it is not to be a file in the folder. A password in
            it is used now and not written down.
        fewest: How many people a team of an anonymous round has at least; None makes a round with
            names.
        force: Whether to replace files that are not a campaign's settings or record.

    Raises:
        OutputExistsError: If the folder holds a campaign, or a file that is to be written.
        SchemeError: If the scheme cannot be used.
        CampaignError: If name or language cannot be used.
        RecordError: If the record cannot be made.
        WorkbookWriteError: If a file cannot be written.
    """
    path, source = Path(folder), scheme_folder(scheme)
    own = load_scheme(source)
    texts = resources.templates_folder() / "campaign"
    mail_languages = tuple(
        sorted(path.name for path in (texts / "mail").iterdir() if path.is_dir())
    )
    languages = tuple(dict.fromkeys((*own.languages, *mail_languages)))
    chosen = language or own.language
    _check_request(path, name, chosen, languages, force=force)
    values = _template_values(path, name, local_day(created), chosen, database)
    values |= {"fewest": fewest}
    with _remove_if_failed(path):
        make_own_folder(path)
        close_folder(path)  # one that was there may hold a roster
        _copy(source, path / "scheme")
        _copy(texts / "mail", path / "mail")
        roster = roster_workbook(own, languages, created=created)
        write_output(path / "roster.xlsx", roster, force=force)
        write_output(path / "roster.csv", roster_csv(), force=force)
        for file in ("README.txt", SETTINGS_FILE):  # last, so that half a folder is no campaign
            write_output(
                path / file, TextTemplates(texts).fill_template(file, values).encode(), force=force
            )
        campaign = open_campaign(path, database=database)
        _make_record(campaign)
    return campaign


@contextlib.contextmanager
def _remove_if_failed(path: Path) -> Iterator[None]:
    """Remove the files of a new campaign if the rest of it cannot be written."""
    existed = path.is_dir()
    previous = set(path.iterdir()) if existed else set()
    try:
        yield
    except BaseException:
        for entry in set(path.iterdir()) - previous if path.is_dir() else ():
            if entry.name in ("mail", "scheme"):
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name.startswith(_FILES):
                entry.unlink(missing_ok=True)
        if not existed:
            with contextlib.suppress(OSError):
                path.rmdir()
        raise


def _copy(source: Path, target: Path) -> None:
    """Copy a folder's files, each whole or not at all."""
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        copied = target / file.relative_to(source)
        make_own_folder(copied.parent)
        write_output(copied, file.read_bytes(), force=True)


def _make_record(campaign: Campaign) -> None:
    from iml4e_xlsx.campaign.record.connection import Record

    Record(campaign.database, campaign.settings.id).close()


def _check_request(
    path: Path, name: str, language: str, languages: tuple[str, ...], *, force: bool
) -> None:
    for file in (SETTINGS_FILE, RECORD_FILE):
        if (path / file).exists():
            raise OutputExistsError(CampaignErrorCode.CAMPAIGN_EXISTS, folder=path, file=file)
    others = (*ROSTERS, "mail", "scheme", "README.txt")
    present = [name for name in others if (path / name).exists()]
    if present and not force:
        raise OutputExistsError(
            CampaignErrorCode.CAMPAIGN_FILE_EXISTS, folder=path, file=present[0]
        )
    if not name.strip() or not name.isprintable():
        raise CampaignError(CampaignErrorCode.CAMPAIGN_NAME)
    if language not in languages:
        raise CampaignError(
            CampaignErrorCode.CAMPAIGN_LANGUAGE, language=language, languages=languages
        )


def _template_values(
    folder: Path, name: str, created: date, language: str, database: str
) -> dict[str, str | int | None]:
    from iml4e_xlsx.campaign.record.connection import relative_url

    quoted = {
        "id": secrets.token_hex(8),
        "name": name.strip(),
        "language": language,
        "database": relative_url(folder, database) if database else "",
    }
    values = {key: json.dumps(value, ensure_ascii=False) for key, value in quoted.items()}
    return {
        **values,
        "database": values["database"] if database else "",
        "created": created.isoformat(),
        "deadline": (created + _TIME_TO_ANSWER).isoformat(),
        "title": name.strip(),
        "underline": "=" * len(name.strip()),
    }


def _choose_database(folder: Path, settings: Settings) -> str:
    from iml4e_xlsx.campaign.record.connection import absolute_url, sqlite_url

    named = settings.database
    return absolute_url(folder, named) if named else sqlite_url(folder / RECORD_FILE)


def roster_names(campaign: Campaign) -> list[str]:
    """Return the names that a roster of the campaign may have."""
    return list(filter(None, dict.fromkeys((*ROSTERS, campaign.settings.roster))))


def find_roster(campaign: Campaign) -> Path:
    """
    Return the roster that is to be used: the one the settings name, or the one that has rows.

    Raises:
        CampaignError: If there is none, or if both have rows and the settings name neither.
    """
    folder, named = campaign.folder, campaign.settings.roster
    if named:
        if not (folder / named).is_file():
            raise CampaignError(
                CampaignErrorCode.ROSTER_MISSING, roster=folder / named, settings=SETTINGS_FILE
            )
        return campaign.resolve_path(named)
    present = [folder / name for name in ROSTERS if (folder / name).is_file()]
    filled = [path for path in present if _has_rows(path)]
    if len(filled) > 1:
        raise CampaignError(
            CampaignErrorCode.TWO_ROSTERS,
            first=filled[0],
            second=filled[1],
            settings=SETTINGS_FILE,
            name=filled[0].name,
        )
    if not filled:
        first, second = (folder / name for name in ROSTERS)
        raise CampaignError(CampaignErrorCode.NO_ROSTER_ROWS, first=first, second=second)
    return filled[0]


def _has_rows(path: Path) -> bool:
    """Return whether a roster names anybody; one that cannot be read is reported by reading it."""
    try:
        return len(read_table(path, FindingCatalogue(load_texts())).lines) > 1
    except RosterError:
        return True
