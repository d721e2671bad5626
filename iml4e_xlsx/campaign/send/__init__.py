"""
Plans mails, composes them, sends them or writes drafts, and settles the uncertain ones.

In: a campaign and its record, and people whom the facilitator names. Out: a `MailPlan` of
`PlannedMail`s, with an `UnmailedPerson` and the reason for everybody else; then a `SendOutcome`
with a `MailOutcome` for each mail, or drafts. Steps: `plan`, `compose`, `claims`, then `send`, at a
`pace`, or `drafts`; `settle` comes later. Commands and the top level may import it.
"""
