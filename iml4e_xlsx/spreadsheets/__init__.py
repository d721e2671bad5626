"""
Holds what turns a spreadsheet file from anybody into plain grids, or refuses it.

In: the bytes of a file, which may be hostile, and `Limits`. Out: `Grids` (sheets with values and
`CellDetails`), or a `FileRefusal` with code and reason. `Sandbox` is the way in: it checks and
parses in a process of its own; `readable_formats` is the table of what is read. Knows nothing of
assessments. `reading`, `roster`, `intake` and the rooms above them may import this one.
"""
