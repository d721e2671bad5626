"""Campaigns for tests: small ones, made, built, answered and recorded as a test needs them."""

from __future__ import annotations

import atexit
import contextlib
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
from click.testing import CliRunner, Result

from iml4e_xlsx.campaign.collect.collector import Collector
from iml4e_xlsx.campaign.collect.outcome import CollectionOutcome
from iml4e_xlsx.campaign.folder.campaign import FOLDER_FILE, Campaign, init_campaign, open_campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.workbooks import BuildOutcome, build_campaign
from iml4e_xlsx.cli import cli
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.model import (
    RatingValue,
    Scheme,
)
from iml4e_xlsx.roster import template as roster_files
from iml4e_xlsx.scheme.forms import find_form
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import small_scheme

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
HEADINGS = ("name", "mail", "organisation", "team", "role", "language", "target", "sector", "size")
SENDER = "facilitator@example.org"

_NAMES = ("Ann", "Ben", "Cay", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jim")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a roster; `extra` are columns of the facilitator's own."""

    name: str
    mail: str
    organisation: str = "Org"
    team: str = "Red"
    role: str = "analyst"
    language: str = ""
    target: str = ""
    sector: str = ""
    size: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


def rows(count: int, **values: str) -> list[Row]:
    """Return so many people: ann@example.org, ben@example.org, ...; `values` are of all of them."""
    names = [
        name if not round_ else f"{name}{round_}"
        for round_ in range(count // len(_NAMES) + 1)
        for name in _NAMES
    ]
    given: list[dict[str, Any]] = [
        {"name": name, "mail": f"{name.lower()}@example.org", **values} for name in names[:count]
    ]
    return [Row(**one) for one in given]


def write_roster(folder: Path, given: Sequence[Row], *, kind: str = "csv") -> Path:
    """Write people to the campaign's roster.csv, or below the headings of its roster.xlsx."""
    extra = tuple(dict.fromkeys(key for row in given for key in row.extra))
    table = [
        [*(getattr(row, heading) for heading in HEADINGS), *(row.extra.get(x, "") for x in extra)]
        for row in given
    ]
    path = folder / f"roster.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([[*HEADINGS, *extra], *table])
        return path
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for number, cells in enumerate([[*HEADINGS, *extra], *table], start=1):
        for col, value in enumerate(cells, start=1):
            sheet.cell(number, col).value = value or None
    book.save(path)
    return path


def new_campaign(
    folder: Path,
    people_: int | Sequence[Row] = 2,
    *,
    scheme: Scheme | None = None,
    database: str = "",
    kind: str = "csv",
    **settings: object,
) -> Campaign:
    """
    Make a campaign of a small scheme in `folder`/campaign, with a roster and a sender.

    Args:
        folder: The scheme is written here as well, to `folder`/small.
        people_: How many, or which.
        scheme: One that was written to `folder`/small already; else one of two areas with two
            statements at each of two levels.
        database: The URL of the record, if it is not to be a file.
        kind: Which roster is filled in.
        settings: See `change_settings`.
    """
    if scheme is None:
        small_scheme(folder / "small", ("AA", "BB"), per_level=2, top=2)
    with mock.patch.object(roster_files, "ROWS", 12):  # reading a thousand takes its time
        made = init_campaign(
            folder / "campaign",
            name="Round",
            created=NOW,
            scheme=folder / "small",
            database=database,
        )
    given = rows(people_) if isinstance(people_, int) else people_
    if given:
        write_roster(made.folder, given, kind=kind)
    change_settings(made.folder, **{"sender.mail": SENDER, "sender.name": "Fay", **settings})
    return open_campaign(made.folder, database=database)


def change_settings(folder: Path, **values: object) -> None:
    """
    Set values in a campaign's settings by key: `name="x"`, `**{"smtp.port": 25}`.

    Comments go; None removes a key.
    """
    path = folder / SETTINGS_FILE
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    for dotted, value in values.items():
        table, _, key = dotted.rpartition(".")
        place = document.setdefault(table, {}) if table else document
        place[key] = value
    tops = [f"{key} = {_toml(v)}" for key, v in document.items() if not isinstance(v, dict)]
    for table, entries in document.items():
        if isinstance(entries, dict):
            tops += [f"[{table}]", *(f"{k} = {_toml(v)}" for k, v in entries.items())]
    lines = [line for line in tops if not line.endswith(" = None")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(value: object) -> str:
    if isinstance(value, bool | str | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


@contextlib.contextmanager
def record_of(campaign: Campaign) -> Iterator[Record]:
    """Open a campaign's record."""
    with contextlib.closing(Record(campaign.database, campaign.settings.id)) as record:
        yield record


def build(campaign: Campaign, record: Record, **options: Any) -> BuildOutcome:
    """Build a campaign's workbooks."""
    return build_campaign(campaign, record, now=options.pop("now", NOW), **options)


@contextlib.contextmanager
def built_campaign(
    folder: Path, people_: int | Sequence[Row] = 2, **options: Any
) -> Iterator[tuple[Campaign, Record]]:
    """
    Make a campaign as `new_campaign` does, build it, and open its record.

    Those that are made alike are copies, with the same ids.
    """
    if options.get("scheme") is None and not options.get("database"):
        shutil.copytree(_template(people_, options), folder, dirs_exist_ok=True)
        (folder / FOLDER_FILE).rename(folder / "campaign" / FOLDER_FILE)
        campaign = open_campaign(folder / "campaign")
        with record_of(campaign) as record:
            yield campaign, record
        return
    campaign = new_campaign(folder, people_, **options)
    with record_of(campaign) as record:
        build(campaign, record)
        yield campaign, record


def hide_identity(folder: Path) -> None:
    """Take what `folder`/campaign knows itself by beside it: copies then count as moved."""
    (folder / "campaign" / FOLDER_FILE).rename(folder / FOLDER_FILE)


def move_campaign(made: Path, target: Path) -> None:
    """Copy a campaign whose identity is hidden to `target`/campaign, which goes on as it."""
    shutil.copytree(made / "campaign", target / "campaign")
    shutil.copy2(made / FOLDER_FILE, target / "campaign")


_TEMPLATES: dict[str, tempfile.TemporaryDirectory[str]] = {}


def _template(people_: int | Sequence[Row], options: Mapping[str, Any]) -> str:
    """Return the folder of a built campaign, made once for all tests that want such a one."""
    key = f"{people_} {sorted(options.items())}"
    if key not in _TEMPLATES:
        made = tempfile.TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True)
        atexit.register(made.cleanup)
        campaign = new_campaign(Path(made.name), people_, **options)
        with record_of(campaign) as record:
            build(campaign, record)
        hide_identity(Path(made.name))
        _TEMPLATES[key] = made
    return _TEMPLATES[key].name


def person_of(record: Record, mail: str) -> Person:
    """Return the person with an address."""
    with record.begin(NOW) as tx:
        found = people.find_by_mail(tx, mail)
    assert found is not None, mail
    return found


def workbook_of(campaign: Campaign, record: Record, mail: str) -> Path:
    """Return the newest workbook that was built for an address."""
    with record.begin(NOW) as tx:
        person = people.find_by_mail(tx, mail)
        assert person is not None, mail
        return campaign.folder / people.built_workbooks(tx)[person.id].file


def all_rated(scheme: Scheme, rating: RatingValue = 3) -> dict[str, RatingValue]:
    """Return the same rating for every statement."""
    return dict.fromkeys(scheme.statements, rating)


def fill(
    campaign: Campaign,
    source: Path,
    target: Path,
    values: Mapping[str, Any],
    *,
    evidence: Mapping[str, str] | None = None,
    scheme: Scheme | None = None,
) -> Path:
    """Copy a built workbook and fill it in with openpyxl, as another program would."""
    layout = layout_of(scheme or campaign.load_scheme())
    book = openpyxl.load_workbook(source)
    for statement, value in values.items():
        cell = layout.area_sheet_of(statement).rating_cell(statement)
        book[cell.sheet][cell.a1] = value
    for statement, text in (evidence or {}).items():
        cell = layout.area_sheet_of(statement).evidence_cell(statement)
        book[cell.sheet][cell.a1] = text
    book.save(target)
    return target


def answer(
    campaign: Campaign,
    record: Record,
    mail: str,
    values: Mapping[str, Any] | None = None,
    *,
    evidence: Mapping[str, str] | None = None,
    now: datetime = NOW,
    name: str = "",
) -> bytes:
    """
    Fill a person's workbook in and collect it as a file; return its content.

    Everything is rated 3 unless `values` say otherwise; `name` is the returned file's.
    """
    filled = filled_in(campaign, record, mail, values, evidence=evidence, now=now, name=name)
    data = filled.read_bytes()
    collect(campaign, record, filled, now=now)
    filled.unlink()
    return data


def filled_in(
    campaign: Campaign,
    record: Record,
    mail: str,
    values: Mapping[str, Any] | None = None,
    *,
    evidence: Mapping[str, str] | None = None,
    now: datetime = NOW,
    name: str = "",
) -> Path:
    """Fill a person's workbook in, beside the campaign, as of a time; see `answer`."""
    filled = campaign.folder.parent / (name or f"filled-{mail.partition('@')[0]}.xlsx")
    scope, scheme = person_of(record, mail).scope, campaign.load_scheme()
    scheme = scheme if scope is None else find_form(scheme, scope.form)
    given = all_rated(scheme) if values is None else values
    source = workbook_of(campaign, record, mail)
    fill(campaign, source, filled, given, evidence=evidence, scheme=scheme)
    os.utime(filled, (now.timestamp(), now.timestamp()))
    return filled


def collect(
    campaign: Campaign, record: Record, *paths: str | Path, now: datetime = NOW
) -> CollectionOutcome:
    """Take in files, one at a time so that no process is started for it."""
    collector = Collector(campaign, record, workers=1, now=lambda: now)
    finder = Finder(
        on_bounce=collector.record_bounce,
        on_mail_without_workbook=collector.letters.note_mail,
        count_letters=lambda: collector.outcome.word_count,
        skipped_paths=campaign.own_paths,
    )
    collector.collect_sources(finder.find_sources(paths))
    collector.conclude_run()
    return collector.outcome


def run(*args: object, code: int = 0) -> Result:
    """Run the command in this process; it says everything in words, and exits as expected."""
    outcome = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
    assert "Traceback" not in outcome.output
    assert outcome.exit_code == code, outcome.output
    return outcome


def start(
    *args: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, before: str = ""
) -> subprocess.Popen[str]:
    """Start the command in a process of its own; `before` is Python that runs there first."""
    code = f"{before}\nfrom iml4e_xlsx.cli import main\nmain()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=cwd or ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
    )


def run_process(*args: object, code: int = 0, **options: Any) -> tuple[str, str]:
    """Run the command in a process of its own; return what it wrote to stdout and stderr."""
    process = start(*args, **options)
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in out + err, err
    assert process.returncode == code, out + err
    return out, err
