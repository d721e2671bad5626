"""
Holds a campaign's folder: its settings, its record's place, the originals, the mail texts.

In: the path of a folder. Out: a `Campaign` with its `Settings`, the open record that belongs to
it, originals stored and found, texts filled in. What is wrong with settings is said as findings.
Every room of `campaign` but `record` may import this one.
"""
