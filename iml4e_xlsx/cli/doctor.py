"""Carries out `iml4e doctor`: says what is installed, what is missing, and what works."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

import click

from iml4e_xlsx.cli.voice import command_text, common_options, current_voice, output_width

if TYPE_CHECKING:
    from iml4e_xlsx.jobs.installation import Installation, Library
    from iml4e_xlsx.jobs.self_test import Trial

_OK: Final = "ok"
_MISSING: Final = "missing"
_BROKEN: Final = "broken"
_COLOURS: Final = {_OK: "green", _MISSING: "yellow", _BROKEN: "red"}
_BASICS: Final = "basics"
_INDENT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorCheck:
    """One thing that was looked at, what was found, and what helps where it is not well."""

    section: str
    name: str
    state: str
    details: tuple[str, ...]
    help: str = ""
    libraries: Mapping[str, str | None] = field(default_factory=dict)


@click.command()
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Write this format.",
)
@common_options
def doctor(*, format_name: str) -> None:
    """
    Say what is installed, what is missing, and whether it works.

    Builds a workbook and reads it back. Names the libraries of each extra, and how to install what
    is missing. Ends with 0 if everything works that needs no extra.

    \b
    Example: iml4e doctor
    """
    from iml4e_xlsx.cli.error_messages import EnvironmentMessage
    from iml4e_xlsx.jobs.installation import Installation

    checks = tuple(_examine(Installation.find()))
    if format_name == "json":
        _show_json(checks)
    else:
        _show_text(checks)
    ill = tuple(c.name for c in checks if c.section == _BASICS and c.state != _OK)
    if ill:
        raise EnvironmentMessage(command_text("doctor_ill", names=ill))


def _examine(installation: Installation) -> Iterator[DoctorCheck]:
    from iml4e_xlsx.jobs.self_test import try_folder, try_workbook
    from iml4e_xlsx.scheme import load_scheme

    libraries = installation.libraries
    yield _judge_libraries(_BASICS, "libraries", libraries, helps="doctor_reinstall")
    yield _judge_trial(_BASICS, "folder", try_folder())
    yield _judge_trial(_BASICS, "workbook", try_workbook(load_scheme()))
    shown = set(libraries)
    for name, needed in installation.extras.items():
        yield _judge_libraries("extras", name, needed, helps="doctor_install", shown=shown)
        shown |= set(needed)
    works = {library.name.lower() for library in shown if library.works}
    if "weasyprint" in works:
        yield _judge_fonts()
    if "keyring" in works:
        yield _judge_keyring()
    yield _judge_terminal()


def _judge_libraries(
    section: str,
    name: str,
    libraries: Sequence[Library],
    *,
    helps: str,
    shown: set[Library] | None = None,
) -> DoctorCheck:
    """Judge the libraries of the package or an extra; name those that were not `shown` before."""
    absent = [library for library in libraries if not library.version]
    ill = [library for library in libraries if library.version and not library.works]
    details = [command_text(f"doctor_purpose.{name}")] if section != _BASICS else []
    present = [
        f"{each.name} {each.version}"
        for each in libraries
        if each.works and each not in (shown or ())
    ]
    details += [", ".join(present)] if present else []
    if absent:
        names = tuple(library.name for library in absent)
        details.append(command_text("doctor_absent", names=names))
    for library in ill:
        key = "doctor_unfit" if library.is_unfit else "doctor_unloadable"
        details.append(command_text(key, **asdict(library)))
    state = _BROKEN if ill else _MISSING if absent else _OK
    return DoctorCheck(
        section=section,
        name=name,
        state=state,
        details=tuple(details),
        help="" if state == _OK else command_text(helps, extra=name),
        libraries={library.name: library.version or None for library in libraries},
    )


def _judge_trial(section: str, name: str, trial: Trial) -> DoctorCheck:
    problem = trial.problem
    text = problem or command_text(f"doctor_trial.{name}", **trial.values)
    helps = command_text(f"doctor_help.{name}") if problem else ""
    state = _BROKEN if problem else _OK
    return DoctorCheck(section=section, name=name, state=state, details=(text,), help=helps)


def _judge_fonts() -> DoctorCheck:
    from iml4e_xlsx.jobs.self_test import try_fonts

    return _judge_trial("surroundings", "fonts", try_fonts(command_text("doctor_no_font")))


def _judge_keyring() -> DoctorCheck:
    """Say which keyring keeps passwords of mail servers; without one, the environment does."""
    from iml4e_xlsx.campaign.servers.credentials import name_keyring

    name = name_keyring()
    return DoctorCheck(
        section="surroundings",
        name="keyring",
        state=_OK if name else _MISSING,
        details=(command_text("doctor_keyring" if name else "doctor_no_keyring", backend=name),),
    )


def _judge_terminal() -> DoctorCheck:
    encoding = sys.stdout.encoding or "?"
    text = command_text(
        "doctor_terminal" if sys.stdout.isatty() else "doctor_no_terminal",
        encoding=encoding,
        width=output_width(sys.stdout),
    )
    return DoctorCheck(section="surroundings", name="terminal", state=_OK, details=(text,))


def _describe_computer() -> dict[str, str]:
    import platform

    from iml4e_xlsx import __version__

    return {
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


def _show_json(checks: Sequence[DoctorCheck]) -> None:
    from iml4e_xlsx.report.formats.json_text import render_json

    works = all(check.state == _OK for check in checks if check.section == _BASICS)
    entries = [asdict(check) for check in checks]
    document = {**_describe_computer(), "works": works, "checks": entries}
    current_voice().deliver_document(render_json(document))


def _show_text(checks: Sequence[DoctorCheck]) -> None:
    """List the checks by section, each with its state in front."""
    from iml4e_xlsx.text.spelling import printable_text

    click.echo(command_text("doctor_title", **_describe_computer()))
    names = max(len(check.name) for check in checks) + 2
    states = max(map(len, _COLOURS)) + 2
    width = min(output_width(sys.stdout), 100)
    section = ""
    for check in checks:
        if check.section != section:
            section = check.section
            click.echo("\n" + command_text(f"doctor_section.{section}"))
        state = check.state.ljust(states)
        if current_voice().colour:
            state = click.style(state, fg=_COLOURS[check.state])
        indent = " " * (_INDENT + states + names)
        texts = [*check.details, *([check.help] if check.help else [])]
        lines = [
            line for text in texts for line in _wrap(printable_text(text), width - len(indent))
        ]
        first, *others = lines or [""]
        click.echo(f"{' ' * _INDENT}{state}{check.name.ljust(names)}{first}")
        for line in others:
            click.echo(indent + line)


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 30), break_long_words=False, break_on_hyphens=False)
