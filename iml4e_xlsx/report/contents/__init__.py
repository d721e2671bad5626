"""
Collects what a report says, once for all formats.

In: the outcomes of reading. Out: `Contents`, and the sentences of its summary. The formats of a
report may import this room, and whoever makes a report.
"""
