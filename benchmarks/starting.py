"""Measures starting the command against a click program with one lazy command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from benchmarks.measure import cpu_seconds, print_report, run_rounds

_BARE = """
import click
@click.group()
def cli(): pass
@cli.command()
def one():
    import decimal
cli(['--help'])
"""
_OURS = "from iml4e_xlsx.cli import cli; cli(['--help'])"


def _start_command(code: str) -> Callable[[], float]:
    def run() -> float:
        start = cpu_seconds()
        for _ in range(5):
            subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
        return (cpu_seconds() - start) / 5

    return run


def main() -> None:
    """Measure and print."""
    taken = run_rounds(
        {
            "click with one lazy command, --help": _start_command(_BARE),
            "iml4e --help": _start_command(_OURS),
        }
    )
    print_report("Starting (CPU time; wanted: 0.67 x or more)", taken, next(iter(taken)))
