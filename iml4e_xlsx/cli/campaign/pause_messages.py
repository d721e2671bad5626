"""Says why a run waits for a mail server, until when, and how fast mails may come."""

from __future__ import annotations

from iml4e_xlsx.campaign.send.pace import MailPause
from iml4e_xlsx.campaign.send.send import SendOutcome
from iml4e_xlsx.text.interface_texts import load_texts


def describe_pause(pause: MailPause) -> str:
    """Say until when a run waits, by the clock of this computer, and why."""
    texts = load_texts()
    moment = f"{pause.until.astimezone():%H:%M:%S}"
    said = {"server": pause.server, "reason": pause.reason, "moment": moment}
    if pause.taken is None:
        return texts("send.pause", **said)
    return texts("send.pause_learnt", count=pause.taken, **said)


def advise_on_pace(outcome: SendOutcome) -> str:
    """Say which pace the server stood, and the setting for it; empty if nothing was learnt."""
    learnt = [pause for pause in outcome.pauses if pause.taken is not None]
    if not learnt:
        return ""
    pause = learnt[-1]
    return load_texts()(
        "send.pace_learnt", server=pause.server, count=pause.taken, protocol=pause.protocol
    )
