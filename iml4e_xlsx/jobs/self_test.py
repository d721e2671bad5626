"""Tries whether the program works on this computer: builds a workbook and reads it back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from iml4e_xlsx.errors import Iml4eError
from iml4e_xlsx.model import Answer, Scheme
from iml4e_xlsx.output import write_output
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.builder import blank_response, build_workbook

_SAMPLE: Final = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial: the values to show, or the problem."""

    values: Mapping[str, object]
    problem: str = ""


def try_folder() -> Trial:
    """Write a file into the folder for temporary files, and measure what is free there."""
    try:
        folder = tempfile.gettempdir()
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"iml4e")
        return Trial({"folder": folder, "free": shutil.disk_usage(folder).free >> 20})
    except OSError as error:
        return Trial({}, str(error))


def try_workbook(scheme: Scheme) -> Trial:
    """Build a workbook with answers, and read them back in the parsing process."""
    blank = blank_response(scheme)
    ids = list(scheme.statements)[:_SAMPLE]
    answers = {id_: Answer(statement=id_, rating=scheme.scale[-1]) for id_ in ids}
    response = replace(blank, answers={**blank.answers, **answers})
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trial.xlsx"
            data = build_workbook(scheme, created=datetime.now(UTC), response=response)
            write_output(path, data)
            with WorkbookReader(Schemes.find_installed()) as reader:
                read = reader.assess(path).response
    except (Iml4eError, OSError) as error:
        return Trial({}, str(error))
    rated = {id_: read.answers[id_].rating for id_ in ids}
    same = rated == {id_: answers[id_].rating for id_ in ids}
    return Trial({"size": len(data) >> 10}, "" if same else str(rated))


def try_fonts(problem: str) -> Trial:
    """Lay out a letter as PDF; where no font has one, that is the problem."""
    from iml4e_xlsx.report.formats.pdf import has_font

    try:
        found = has_font()
    except OSError as error:  # some versions of the library need a folder for temporary files
        return Trial({}, str(error))
    return Trial({}, "" if found else problem)
