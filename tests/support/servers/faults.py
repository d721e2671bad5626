"""What goes wrong with a mail server, on purpose, when and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Stage: TypeAlias = Literal["connect", "login", "mail", "rcpt", "data", "content", "answered"]
"""
Where it happens.

* connect: before the greeting;
* login: at AUTH, before name and password are looked at;
* mail, rcpt: at MAIL FROM and at RCPT TO;
* data: at DATA, before any content;
* content: the content came whole, and has no answer yet;
* answered: the content was accepted, and the answer sent.
"""

_WITHOUT_RECIPIENTS = ("connect", "login", "mail")


@dataclass
class Fault:
    """
    One thing that goes wrong at a stage; with neither `drop` nor `reply` it only takes longer.

    It happens whenever all of its conditions hold; without any, always. The first fault that
    applies is the only one.
    """

    stage: Stage
    reply: str = ""
    """The answer instead of a good one, such as "550 5.1.1 No such user"; 421 also hangs up."""
    drop: bool = False
    """Whether the connection ends without an answer."""
    kept: bool = False
    """At content: whether the message is kept all the same, though the client is not told so."""
    seconds: float = 0
    """How long it takes before anything of this, or the answer."""
    recipients: Collection[str] = ()
    """Only for these; from data on, if the message goes to one of them."""
    ordinals: Collection[int] = ()
    """Only these times that the stage is reached, counted from 1 over the server's life."""
    every: int = 0
    """Only each so manieth time."""
    times: int | None = None
    """Only the first so many times that all else holds."""
    each: bool = False
    """At rcpt: whether `times` counts for every recipient on its own, as greylisting does."""
    happened: Counter[str] = field(default_factory=Counter)
    """How often it did: under "", or with `each` under the recipient."""

    def __post_init__(self) -> None:
        if self.recipients and self.stage in _WITHOUT_RECIPIENTS:
            raise ValueError(f"At {self.stage} no recipient is known.")
        if self.kept and self.stage != "content":
            raise ValueError("Only at content there is a message to keep.")

    def applies(self, count: int, recipients: Collection[str]) -> bool:
        """Return whether it happens when its stage is reached for the time of this number."""
        if self.recipients and not set(self.recipients) & set(recipients):
            return False
        if self.ordinals and count not in self.ordinals:
            return False
        if self.every and count % self.every:
            return False
        key = next(iter(recipients), "") if self.each else ""
        if self.times is not None and self.happened[key] >= self.times:
            return False
        self.happened[key] += 1
        return True


def first_that_applies(
    faults: Iterable[Fault], stage: Stage, count: int, recipients: Collection[str]
) -> Fault | None:
    """Return what goes wrong when a stage is reached, if anything."""
    return next((f for f in faults if f.stage == stage and f.applies(count, recipients)), None)
