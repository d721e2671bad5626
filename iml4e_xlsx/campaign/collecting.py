"""
Takes in what came back: reads it, keeps the original, and writes both down, each content once.

The original is written before the record says that it is there, under a name made of its content.
Whatever ends the process in between, the next run finds the file and records it: nothing is
recorded twice and nothing is lost, also where several people collect at the same time. What it
was about to write lies beside it under a hidden name, until a later run comes to its end.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import Final

from iml4e_xlsx.batch import assess_many
from iml4e_xlsx.campaign.folder import Campaign, moment
from iml4e_xlsx.campaign.record import campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returns import Arrival, Delivery, Match, Returned, ReturnState
from iml4e_xlsx.errors import Severity, WorkbookWriteError
from iml4e_xlsx.mails.mail import DeliveryReport
from iml4e_xlsx.model import Assessment, Failure
from iml4e_xlsx.output import write_output
from iml4e_xlsx.reading.guard import Refused
from iml4e_xlsx.reading.limits import Limits
from iml4e_xlsx.sources import Source

_DIGEST_SHOWN: Final = 20
"""How much of a content's digest its file is named by; enough that no two are alike."""

_LEFT: Final = re.compile(rf"\.([0-9a-f]{{{_DIGEST_SHOWN}}}\S*)\.\w+")
"""What an original is called while it is written; what it is to be called."""

_LEFT_SECONDS: Final = 3600
"""After so long nobody is still writing a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One file that was new: whose it is, if anybody's, and what it turned out to be."""

    source: str
    person: Person | None
    matched: Match
    state: ReturnState
    outcome: Assessment | Failure | None


@dataclass(slots=True)
class Collection:
    """
    What a run took in.

    `known` counts what had been collected before, `own` our own mails, `blank` workbooks exactly
    as they were issued, `erased` what was erased and stays so; `failures` are sources that held
    nothing to keep; `bounced` the people whose mail came back; `looked_at` counts the mails of a
    mailbox.
    """

    taken: list[Taken] = field(default_factory=list)
    known: int = 0
    own: int = 0
    blank: int = 0
    erased: int = 0
    failures: list[Failure] = field(default_factory=list)
    bounced: int = 0
    looked_at: int = 0

    def of(self, state: ReturnState) -> list[Taken]:
        """Return the new files that turned out to be this."""
        return [one for one in self.taken if one.state is state]

    @property
    def left_out(self) -> int:
        """Return how much there was that was not to be taken in, or could not be."""
        return self.own + self.erased + len(self.failures)

    @property
    def has_errors(self) -> bool:
        """Return whether a new file could not be read, or not all of it."""
        return any(
            isinstance(one.outcome, Failure)
            or (one.outcome and any(f.severity is Severity.ERROR for f in one.outcome.findings))
            for one in self.taken
        )

    @property
    def aside(self) -> list[Taken]:
        """Return the new files that are nobody's."""
        return [one for one in self.taken if one.person is None]


@dataclass(frozen=True, slots=True)
class _Item:
    """A source whose content is known."""

    source: Source
    data: bytes | None
    digest: str
    delivery: Delivery


class Collector:
    """Takes sources in, one run after another, into one collection."""

    def __init__(
        self,
        campaign: Campaign,
        record: Record,
        *,
        limits: Limits | None = None,
        workers: int = 2,
        now: Callable[[], datetime] = moment,
        progress: Callable[[Taken], None] = lambda _: None,
    ) -> None:
        """
        Set up a collector.

        Args:
            campaign: Whose workbooks come back.
            record: Its record.
            limits: What a file may claim.
            workers: How many files are read at once.
            now: The time.
            progress: Is told each new file as it is recorded.
        """
        self.campaign = campaign
        self.record = record
        self.limits = limits or Limits()
        self.collection = Collection()
        self._workers = workers
        self._now = now
        self._progress = progress
        self._schemes = campaign.schemes()
        with record.begin(now()) as tx:
            own = campaign.scheme()
            campaigns.ensure_campaign(tx, campaign.settings.name, own.id, own.version)
            self._issued = people.issued_digests(tx)

    def take(self, found: Iterable[Source | Failure]) -> None:
        """
        Take in everything that is found.

        Raises:
            WorkbookWriteError: If an original cannot be kept; what was recorded stays.
            RecordError: If the record cannot be written; what was recorded stays.
        """
        waiting: deque[_Item] = deque()

        def fresh() -> Iterator[Source]:
            for one in found:
                item = self._looked_at(one)
                if item is not None:
                    waiting.append(item)
                    yield item.source

        outcomes = assess_many(
            fresh(), schemes=self._schemes, limits=self.limits, workers=self._workers
        )
        for outcome in outcomes:
            self._keep(waiting.popleft(), outcome)

    def report(self, report: DeliveryReport) -> None:
        """Write down that a mail of ours came back."""
        if report.action != "failed" or not report.original_id:
            return
        words = f"{report.status} {report.diagnostic}".strip()
        with self.record.begin(self._now()) as tx:
            if mails.bounce(tx, report.original_id, words):
                self.collection.bounced += 1

    def match_again(self) -> None:
        """Look once more for whose the files are that are nobody's: the roster may have grown."""
        with self.record.begin(self._now()) as tx:
            for one in returns.nobodys(tx):
                for delivery in one.deliveries:
                    person, matched = self._owner(tx, one.workbook_id, delivery, one.state)
                    if person is not None:
                        give(tx, self.campaign, one, person, matched)
                        break
        self._sweep()

    def _looked_at(self, one: Source | Failure) -> _Item | None:
        """Return a source that is to be read, with its content; count all others."""
        if isinstance(one, Failure):
            self.collection.failures.append(one)
            return None
        item = self._item(one)
        with self.record.begin(self._now()) as tx:
            if returns.is_erased(tx, item.digest):
                self.collection.erased += 1
                return None
            if self._is_own(tx, item):
                self.collection.own += 1
                return None
            known = returns.find_returned(tx, item.digest)
            if known is None:
                return self._unless_issued(tx, item)
            if known.state is ReturnState.FAILED:
                return item  # it may be readable by now, and somebody else's as well
            if item.delivery.message_id:
                returns.add_delivery(tx, known.id, item.delivery)
        self.collection.known += 1
        return None

    def _is_own(self, tx: Transaction, item: _Item) -> bool:
        """Return whether we sent it; some servers give our mails another Message-ID."""
        from_us = item.delivery.sender == self.campaign.settings.sender_mail.lower()
        return mails.is_ours(tx, item.delivery.message_id) or (
            bool(item.delivery.sender) and from_us and item.digest in self._issued
        )

    def _unless_issued(self, tx: Transaction, item: _Item) -> _Item | None:
        """Return what is to be read; a workbook that nobody filled in is only written down."""
        if item.digest not in self._issued:
            return item
        arrival = Arrival(
            sha256=item.digest,
            person=self._issued[item.digest],
            matched=Match.WORKBOOK,
            state=ReturnState.ISSUED,
            file="",
            source=PurePath(item.source.name).name,
            outcome=None,
            delivery=item.delivery,
        )
        self.collection.blank += returns.save_arrival(tx, arrival)
        return None

    def _item(self, source: Source) -> _Item:
        """Read a source's content once; what is too large or damaged has none."""
        origin, now = source.origin, self._now()
        received = (origin.received if origin else None) or source.modified or now
        delivery = Delivery(
            message_id=origin.message_id if origin else "",
            sender=origin.sender if origin else "",
            received=min(received, now),
        )
        try:
            data = source.read()
        except (Refused, OSError) as error:
            where = delivery.message_id or source.name
            key = f"{where}\n{PurePath(source.name).name}\n{error}"
            digest = hashlib.sha256(key.encode()).hexdigest()
            return _Item(replace(source, read=_raising(error)), None, digest, delivery)
        whole = data if len(data) <= self.limits.size else None  # the end of it was not read
        digest = hashlib.sha256(data).hexdigest()
        return _Item(replace(source, read=lambda: data), whole, digest, delivery)

    def _keep(self, item: _Item, outcome: Assessment | Failure) -> None:
        """Keep the original, then write down what was read in it and whose it is."""
        if isinstance(outcome, Failure) and item.data is None and item.source.origin is None:
            self.collection.failures.append(outcome)  # it stays where it is, and is nobody's
            return
        failed = isinstance(outcome, Failure)
        state = ReturnState.FAILED if failed else ReturnState.READ
        identity = "" if isinstance(outcome, Failure) else outcome.response.workbook_id
        shown = PurePath(item.source.name).name  # a path of this machine means nothing elsewhere
        with self.record.begin(self._now()) as tx:
            known = returns.find_returned(tx, item.digest)
            person, matched = self._owner(tx, identity, item.delivery, state, known)
            # What cannot be read is nobody's in particular: everybody who sends it has a problem.
            again = failed and person and known and known.person not in (None, person.id)
            suffix = f"-{person.id}" if again and person else ""
            name = PurePath(known.file).name if known and not again else ""
            arrival = Arrival(
                sha256=item.digest + suffix,
                person=person.id if person else None,
                matched=matched,
                state=state,
                file=self._store(item, name or _name(item, suffix), aside=person is None),
                source=shown,
                outcome=_outcome(outcome, item.source.name, shown),
                delivery=item.delivery,
            )
            is_new = returns.save_arrival(tx, arrival)
        if not is_new:
            self.collection.known += 1
            return
        taken = Taken(
            source=item.source.name, person=person, matched=matched, state=state, outcome=outcome
        )
        self.collection.taken.append(taken)
        self._progress(taken)

    def _owner(
        self,
        tx: Transaction,
        workbook_id: str,
        delivery: Delivery,
        state: ReturnState,
        known: Returned | None = None,
    ) -> tuple[Person | None, Match]:
        """
        Return whose a file is, and by what.

        By its sender only if it came in this round, and if nothing surer is known of what that
        person returned: somebody who passes a colleague's workbook on must not replace their own.
        """
        person = people.find_by_workbook(tx, workbook_id) if workbook_id else None
        if person is not None:
            return person, Match.WORKBOOK
        if known is not None and known.matched is Match.HAND:
            return next(p for p in people.everyone(tx) if p.id == known.person), Match.HAND
        person = people.find_by_mail(tx, delivery.sender) if delivery.sender else None
        if person is None or delivery.received.date() < self.campaign.settings.created:
            return None, Match.NONE
        if state is ReturnState.READ and returns.has_surer(tx, person.id, delivery.message_id):
            return None, Match.NONE
        return person, Match.SENDER

    def _store(self, item: _Item, name: str, *, aside: bool) -> str:
        """Write the original unaltered, if it is not there; return its path in the campaign."""
        if item.data is None:
            return ""
        places = (self.campaign.returned, self.campaign.aside)
        folder, other = reversed(places) if aside else places
        path = folder / name
        if not path.exists():
            with suppress(OSError):  # writing says what is wrong
                folder.mkdir(exist_ok=True)
            try:
                write_output(path, item.data, force=True)
            except WorkbookWriteError:
                if not path.exists():  # else another process has just written it, and swept
                    raise
        (other / path.name).unlink(missing_ok=True)  # of a run that ended, or when it was nobody's
        return path.relative_to(self.campaign.folder).as_posix()

    def _sweep(self) -> None:
        """Remove files that a run left half written: what is there whole, or was left long ago."""
        places = (self.campaign.returned, self.campaign.aside)
        for left in (path for folder in places for path in folder.glob(".*")):
            if name := _LEFT.fullmatch(left.name):
                is_whole = any((folder / name[1]).is_file() for folder in places)
                with suppress(OSError):
                    if is_whole or time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                        left.unlink()


def _name(item: _Item, mark: str) -> str:
    """Return what the original is called in the campaign."""
    suffix = PurePath(item.source.name).suffix.lower()
    known = suffix if suffix.isascii() and suffix[1:].isalnum() else ""
    return f"{item.digest[:_DIGEST_SHOWN]}{mark}{known}"


def _raising(error: Exception) -> Callable[[], bytes]:
    def read() -> bytes:
        raise error

    return read


def _outcome(outcome: Assessment | Failure, old: str, new: str) -> Assessment | tuple[str, str]:
    """Return what was read, or why nothing was, with the file called by another name."""
    if isinstance(outcome, Failure):
        return outcome.code, outcome.message.replace(old, new)
    findings = tuple(
        replace(one, place=replace(one.place, source=new)) if one.place.source == old else one
        for one in outcome.findings
    )
    return replace(outcome, findings=findings, response=replace(outcome.response, source=new))


def give(
    tx: Transaction, campaign: Campaign, one: Returned, person: Person, matched: Match
) -> None:
    """Write down whose a file is that lay aside, and put the original with the others."""
    file = one.file
    if file:
        target = campaign.returned / PurePath(file).name
        with suppress(FileNotFoundError):  # another run has moved it, also one that ended then
            campaign.returned.mkdir(exist_ok=True)
            (campaign.folder / file).replace(target)
        file = target.relative_to(campaign.folder).as_posix() if target.is_file() else file
    returns.assign(tx, one.id, person.id, matched, file)


def original(campaign: Campaign, one: Returned) -> Path | None:
    """Return where the original of a file is, also if it was moved and that is not recorded."""
    name = PurePath(one.file).name
    places = (campaign.folder / one.file, campaign.returned / name, campaign.aside / name)
    return next((path for path in places if name and path.is_file()), None)
