"""Defines a file that came back: its owner, its deliveries, and what was read in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from iml4e_xlsx.analysis.version_choice import VersionSigns
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.findings.stored import packed_severity, unpack_failure, unpack_finding
from iml4e_xlsx.model import Profile
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.texts import Texts


class OwnerMatch(Enum):
    """Tells how the owner of a returned file was determined."""

    WORKBOOK = "workbook"
    SENDER = "sender"
    HAND = "hand"
    NONE = "none"


class ReturnState(Enum):
    """
    The state of a returned file.

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

    `modified` is when the file was last changed, as far as mail, zip or disk tells; `thread` is the
    Message-ID of our mail that the mail answers, empty if it answers none.
    """

    message_id: str = ""
    sender: str = ""
    received: datetime
    modified: datetime | None = None
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRound:
    """The other round that a workbook is of: its name, and whose workbook it is there."""

    name: str
    person: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedFile:
    """
    A file that came back, without the answers in it.

    `person` is None if it is nobody's yet; `saved` is when the document was last saved, as it says
    itself; `address` is what addresses are compared with to tell
    whether it came from that person; `other_round` is set where the workbook is of another round.
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
    dont_know: int = 0
    form: str = ""
    saved: datetime | None = None
    address: str = ""
    other_round: OtherRound | None = None

    @property
    def state_before_dismissal(self) -> ReturnState:
        """Return the state, of a dismissed file the one it had before."""
        if self.state is not ReturnState.DISMISSED:
            return self.state
        return ReturnState.FAILED if self.code else ReturnState.READ

    @property
    def handle(self) -> str:
        """Return the name that people use: the path of the original, else a part of the digest."""
        return self.file or self.digest[:20]

    @property
    def came_by_mail(self) -> bool:
        """Return whether a mail brought it, at least once."""
        return any(mail.message_id or mail.sender for mail in self.deliveries)

    @property
    def received(self) -> datetime:
        """Return when it came, as far as that decides which of several counts."""
        return self._dating_delivery.received

    @property
    def modified(self) -> datetime | None:
        """Return when it was last changed, as far as that is known."""
        return self._dating_delivery.modified

    @property
    def _dating_delivery(self) -> Delivery:
        """Return the delivery that dates the file: the owner's last one, else the first."""
        by_mail = [mail for mail in self.deliveries if mail.sender or mail.message_id]
        # A mail dates the file better than the disk, where the date is that of the last copy.
        candidates = sorted(by_mail or self.deliveries, key=lambda delivery: delivery.received)
        own = self._own_deliveries
        # Who sends the same file again means it again, after whatever came in between.
        if own:
            return own[-1]
        # A copy that somebody else passes on later must not make an old version count again.
        if candidates:
            return candidates[0]
        return Delivery(received=self.collected)

    @property
    def _own_deliveries(self) -> list[Delivery]:
        """Return the mails in which the owner sent it, the first of them first."""
        own = [
            mail
            for mail in self.deliveries
            if self.address and address_key(mail.sender) == self.address
        ]
        return sorted(own, key=lambda delivery: delivery.received)

    @property
    def version_signs(self) -> VersionSigns:
        """Return what tells whether it is the later of a person's versions."""
        return VersionSigns(
            saved=self.saved,
            date=self.profile.date,
            received=self.received,
            changed=self.modified,
            is_sent_again=len(self._own_deliveries) > 1,
            answered=self.answered,
            order=f"{self.id:020d}",
        )

    @property
    def sender(self) -> str:
        """Return the last sender; an empty text if no mail brought the file."""
        last = max(self.deliveries, key=lambda delivery: delivery.received, default=None)
        return "" if last is None else last.sender

    @property
    def other_sender(self) -> str:
        """Return the sender if it was never the owner; else an empty text."""
        senders = [mail.sender for mail in self.deliveries if mail.sender]
        is_own = any(address_key(sender) == self.address for sender in senders)
        return "" if is_own or not senders else senders[0]

    def count_findings(self, severity: Severity) -> int:
        """Return how many findings are of a severity."""
        return sum(packed_severity(packed) is severity for packed in self.packed_findings)

    def restore_findings(self, texts: Texts) -> tuple[Finding, ...]:
        """Return the findings about the response, in the language of the texts."""
        return tuple(unpack_finding(packed, texts) for packed in self.packed_findings)

    def restore_failure(self, texts: Texts) -> Failure | None:
        """Return the failure in the language of the texts; None for a file that was read."""
        if not self.code:
            return None
        return unpack_failure(self.packed_failure, self.source, texts)
