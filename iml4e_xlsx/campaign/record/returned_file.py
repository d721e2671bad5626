"""Defines a file that came back: its owner, its deliveries, and what was read in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.findings.stored import unpack_failure, unpack_finding
from iml4e_xlsx.model import Profile
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.texts import Texts


class OwnerMatch(Enum):
    """By what a returned file was found to be a person's."""

    WORKBOOK = "workbook"
    SENDER = "sender"
    HAND = "hand"
    NONE = "none"


class ReturnState(Enum):
    """
    What a returned file is.

    ISSUED is a workbook exactly as it was built, which nobody has filled in; DISMISSED is what the
    facilitator has taken off the lists; ANONYMOUS are the ratings of a person who was erased.
    """

    READ = "read"
    FAILED = "failed"
    ISSUED = "issued"
    DISMISSED = "dismissed"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """
    How a file came: the mail's Message-ID (empty for a file), the sender's address, when.

    `modified` is when the file was last changed, as far as mail, zip or disk tells.
    """

    message_id: str = ""
    sender: str = ""
    received: datetime
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedFile:
    """
    A file that came back, without the answers in it.

    `person` is None if it is nobody's yet; `address` is what addresses are compared with to tell
    whether it came from that person.
    """

    id: int
    digest: str
    person: int | None
    matched: OwnerMatch
    state: ReturnState
    file: str
    source: str
    code: str
    packed_failure: Mapping[str, Any]
    packed_findings: tuple[Mapping[str, Any], ...]
    scheme: str
    version: str
    language: str
    workbook_id: str
    profile: Profile
    targets: Mapping[str, int]
    estimates: Mapping[str, int]
    answered: int
    total: int
    collected: datetime
    deliveries: tuple[Delivery, ...]
    address: str = ""

    @property
    def state_before_dismissal(self) -> ReturnState:
        """Return what it is, or was before it was taken off the lists."""
        if self.state is not ReturnState.DISMISSED:
            return self.state
        return ReturnState.FAILED if self.code else ReturnState.READ

    @property
    def handle(self) -> str:
        """Return what it is called by: where its original is, else how its digest begins."""
        return self.file or self.digest[:20]

    @property
    def came_by_mail(self) -> bool:
        """Return whether a mail brought it, at least once."""
        return any(one.message_id or one.sender for one in self.deliveries)

    @property
    def received(self) -> datetime:
        """Return when it came, as far as that decides which of several counts."""
        return self._deciding.received

    @property
    def modified(self) -> datetime | None:
        """Return when it was last changed, as far as that is known."""
        return self._deciding.modified

    @property
    def _deciding(self) -> Delivery:
        """
        Return the delivery whose time counts: the person's last one, else the first.

        A copy that somebody else passes on later makes no older version count again. What came by
        mail goes by that, since a file's date is that of its last copy.
        """
        came = [one for one in self.deliveries if one.sender or one.message_id]
        came = sorted(came or self.deliveries, key=lambda one: one.received)
        own = [one for one in came if self.address and one.sender.casefold() == self.address]
        return next(iter((*own[-1:], *came)), Delivery(received=self.collected))

    @property
    def sender(self) -> str:
        """Return who sent it last, or nobody where it did not come by mail."""
        last = max(self.deliveries, key=lambda one: one.received, default=None)
        return "" if last is None else last.sender

    @property
    def other_sender(self) -> str:
        """Return who sent it, if that was never the person; else nobody."""
        senders = [one.sender for one in self.deliveries if one.sender]
        is_own = any(address_key(one) == self.address for one in senders)
        return "" if is_own or not senders else senders[0]

    def count_findings(self, severity: Severity) -> int:
        """Return how many findings are of a severity."""
        return sum(packed["severity"] == severity.value for packed in self.packed_findings)

    def restore_findings(self, texts: Texts) -> tuple[Finding, ...]:
        """Return what is wrong or doubtful in it, in the language of the texts."""
        return tuple(unpack_finding(packed, texts) for packed in self.packed_findings)

    def restore_failure(self, texts: Texts) -> Failure | None:
        """Return why nothing could be read in it, in the language of the texts; None if it was."""
        if not self.code:
            return None
        return unpack_failure(self.packed_failure, self.source, texts)
