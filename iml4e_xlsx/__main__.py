"""Runs the command by `python -m iml4e_xlsx`."""

from iml4e_xlsx.cli import main

main()
