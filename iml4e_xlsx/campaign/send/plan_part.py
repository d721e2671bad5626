"""Takes the part of a plan of mails that is about some people."""

from __future__ import annotations

from collections.abc import Collection

from iml4e_xlsx.campaign.send.plan import MailPlan
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import SendErrorCode
from iml4e_xlsx.text.addresses import address_key


def narrow_plan(plan: MailPlan, addresses: Collection[str]) -> MailPlan:
    """
    Return the part of a plan that is about some people.

    Raises:
        CampaignError: If an address is nobody's in the plan.
    """
    keys = {address_key(address) for address in addresses}
    people = [mail.person for mail in plan.mails] + [entry.person for entry in plan.not_mailed]
    everybody = {address_key(person.mail) for person in people}
    if unknown := sorted(keys - everybody):
        raise CampaignError(SendErrorCode.ADDRESS_NOT_IN_ROSTER, address=unknown[0])
    return MailPlan(
        kind=plan.kind,
        mails=tuple(mail for mail in plan.mails if address_key(mail.person.mail) in keys),
        not_mailed=tuple(
            entry for entry in plan.not_mailed if address_key(entry.person.mail) in keys
        ),
    )
