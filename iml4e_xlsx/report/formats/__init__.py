"""
Writes tables, results and reports in every format.

In: `ResultTable`s, a `ResultBundle`, `Contents`. Out: bytes, text or a terminal's table. A format
is a module with a function `encode_<subject>` for each thing that it writes, and a line of
`format_registry`, from which commands take choices, help and suffixes. Nothing else in the report
imports this room.
"""
