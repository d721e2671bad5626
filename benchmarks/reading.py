"""Measures reading and scoring a workbook against reading its cells with pandas and openpyxl."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pandas as pd

from benchmarks.measure import print_report, run_rounds, time_job
from benchmarks.samples import CREATED, fill_response
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.spreadsheets import formats
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.workbook.builder import build_workbook


def main() -> None:
    """Measure and print."""
    scheme = load_scheme()
    with tempfile.TemporaryDirectory() as folder, WorkbookReader() as reader:
        path = Path(folder) / "returned.xlsx"
        data = build_workbook(scheme, created=CREATED, response=fill_response(scheme))
        path.write_bytes(data)
        reader.assess(path)
        in_parser = time_job(lambda: formats.load_grids(data, Limits()), repeat=10)

        def whole() -> float:
            """Time this process's share of reading and scoring, and add the parsing process's."""
            start = time.process_time()
            for _ in range(10):
                reader.assess(path)
            return (time.process_time() - start) / 10 + in_parser()

        def pandas_openpyxl() -> object:
            return pd.read_excel(path, engine="openpyxl", sheet_name=None, header=None)

        taken = run_rounds(
            {
                "pandas.read_excel(engine='openpyxl')": time_job(pandas_openpyxl),
                "read and score, guard and parsing process included": whole,
            },
            count=15,
        )
    print_report("Reading one workbook (CPU time; wanted: 8 x)", taken, next(iter(taken)))
