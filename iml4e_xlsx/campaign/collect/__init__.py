"""
Collects returned files: reads each content once, finds its owner, keeps the original.

In: a campaign, its record, and paths or a `MailboxSearch`. Out: a `CollectionOutcome` of
`CollectedFile`s; what was read stands in the record, originals in the campaign's folder. `collect`
is the one call; `Collector` records, `OwnerFinder` decides whose a file is. Corrections and the
command line may import this room.
"""
