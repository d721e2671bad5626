"""Words failures for a facilitator, where the general advice would mislead in a campaign."""

from __future__ import annotations

from iml4e_xlsx.findings.about_files import reword_failure
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.intake.mails.mail import Origin
from iml4e_xlsx.spreadsheets.failures import describe_bytes
from iml4e_xlsx.text.interface_texts import load_texts


def reword_for_facilitator(failure: Failure, scheme: str, origin: Origin | None) -> Failure:
    """
    Reword a failure for the facilitator: paths do not help with a file that came by mail.

    Args:
        failure: Why a file could not be read.
        scheme: The id of the campaign's scheme.
        origin: The mail that the file came with, if it came by mail.
    """
    # Another scheme cannot be added to a campaign; another version of its own can be installed.
    if failure.scheme:
        name = "other_version" if failure.scheme == scheme else "other_scheme"
    elif failure.code is FailureCode.NO_WORKBOOKS and origin is not None:
        name = "no_workbooks"  # nobody named a folder: the zip hangs on a mail
    else:
        return failure
    return reword_failure(load_texts(), failure, f"campaign.{name}")


def unfetched_mail_failure(name: str, size: int, limit: int) -> Failure:
    """Return the failure of a mail in the mailbox whose content is not at hand."""
    # A server that sends nothing of a small mail has lost it, or will send it another time.
    too_large = size > limit
    failure = Failure(
        source=name,
        code=FailureCode.TOO_LARGE if too_large else FailureCode.UNREADABLE,
        message="",
        values={"size": describe_bytes(size)},
    )
    text_key = "campaign.mail_too_large" if too_large else "campaign.mail_not_sent"
    return reword_failure(load_texts(), failure, text_key)
