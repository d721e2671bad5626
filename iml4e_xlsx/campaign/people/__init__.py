"""
Tells how far each person has come: what was mailed, what came back, and which response counts.

In: the record of a campaign, read in a transaction. Out: a `Participant` for each person with a
`Stage`, a `CountedResponse` for each response that counts, and the `Status` of the campaign with
its tables. `mail_states` is the one table of what the state of a mail means. Nothing here writes.
The rooms send, collect and corrections, the report of a round and the commands may import it.
"""
