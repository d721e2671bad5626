"""
Runs a round of the assessment: from a list of people to results, by mail, with a record.

In: a campaign's folder with its settings, roster and mail texts; then returned files and mails.
Out: workbooks, mails, the `Status` of each person, and the `Contents` of the round's report. Main
types: `Campaign`, `Record`, `MailPlan`, `CollectionOutcome`. Rooms, the highest first:
corrections, send, collect, people, servers, folder, record. `cli` may import this room.
"""
