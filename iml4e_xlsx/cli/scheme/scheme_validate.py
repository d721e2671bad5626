"""Carries out `iml4e scheme validate`: checks a scheme in all its languages, reviews its texts."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.exit_codes import FINDINGS
from iml4e_xlsx.cli.voice import command_text, common_options, current_voice, scheme_size


@click.command()
@click.argument("which", default="iml4e-mlops", metavar="[ID|PATH]")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@common_options
def validate(which: str, *, strict: bool) -> None:
    """
    Check a scheme in all its languages, and review its texts.

    Lists every mistake with file and line. If the scheme says what its texts are held to, lists
    as warnings what could be better in them: length, two practices in one, gaps in the guidance,
    references.

    \b
    Example: iml4e scheme validate my-scheme/
    """
    from iml4e_xlsx.findings.finding import Severity
    from iml4e_xlsx.scheme import review_scheme, validate_scheme

    scheme = validate_scheme(which)
    findings = review_scheme(which)
    voice = current_voice()
    is_refused = False
    for finding in findings:
        if strict and finding.severity is Severity.WARNING:
            is_refused = True
            voice.say_error(str(finding))
        else:
            voice.say_text(str(finding))
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    click.echo(
        command_text(
            "scheme_valid",
            id=scheme.id,
            version=scheme.version,
            size=scheme_size(scheme),
            languages=scheme.languages,
        )
    )
    if warnings:
        voice.say("scheme_warnings", count=warnings)
    if is_refused:
        raise click.exceptions.Exit(FINDINGS)
