"""
Corrects what only the facilitator can know: owners of files, addresses, people to be erased.

In: a campaign, its record, and what the facilitator says. Out: the outcome of each correction, an
`AssignmentOutcome`, `ReaddressOutcome` or `ErasureOutcome`; or a `CampaignError` with what is in
doubt, before anything is changed. Commands and the top level may import it.
"""
