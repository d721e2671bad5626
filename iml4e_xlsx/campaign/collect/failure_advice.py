"""Why a file could not be read, in the words of a campaign where the general advice misleads."""

from __future__ import annotations

from dataclasses import replace

from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.intake.mails.mail import Origin
from iml4e_xlsx.text.interface_texts import load_texts


def told(failure: Failure, scheme: str, origin: Origin | None) -> Failure:
    """
    Return a failure as a facilitator is told it, who can name neither schemes nor paths in a mail.

    Args:
        failure: Why a file could not be read.
        scheme: The id of the campaign's scheme.
        origin: The mail that the file came with, if it came by mail.
    """
    if failure.scheme:
        key = "other_version" if failure.scheme == scheme else "other_scheme"
    elif failure.code is FailureCode.NO_WORKBOOKS and origin is not None:
        key = "no_workbooks"
    else:
        return failure
    said = load_texts()(f"campaign.{key}", scheme=failure.scheme, version=failure.version)
    return replace(failure, message=f"{failure.source}: {said}")
