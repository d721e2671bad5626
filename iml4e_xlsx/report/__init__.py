"""
Shows results: as tables, charts, a report, and data for other programs.

In: assessments, teams, trends and failures of the rooms below. Out: bytes in a format of
`formats.format_registry`, or a table on a terminal. `tables` makes `ResultTable`, `charts` makes
`RadarChart` and `LineChart`, `contents` makes `Contents`, `formats` writes them all. The rooms
`jobs`, `campaign` and `cli` may import this one.
"""
