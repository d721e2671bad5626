"""Says why a file that came back lies aside."""

from __future__ import annotations

from iml4e_xlsx.campaign.people.status import Status
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.text.texts import Texts


def describe_doubt(file: ReturnedFile, status: Status, texts: Texts) -> str:
    """Say why a file lies aside, if there is more to it than an unknown owner."""
    if file.other_round is not None:
        key = "campaign.other_round" if file.other_round.person else "campaign.other_round_nobody"
        round_, person = file.other_round.name, file.other_round.person
        return texts(key, source=file.source, round=round_, person=person)
    owner = status.owner_of(file.workbook_id)
    if owner:
        respondent, sender = file.profile.respondent, file.sender
        values = {"owner": owner, "respondent": respondent, "sender": sender}
        return texts("campaign.other_person", source=file.source, **values)
    if file.id not in status.strange:
        failure = file.restore_failure(texts)
        return "" if failure is None else failure.message
    return texts(
        "campaign.other_scheme", source=file.source, scheme=file.scheme, version=file.version
    )
