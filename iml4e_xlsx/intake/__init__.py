"""
Finds returned workbooks wherever they come from: disk, folders, zips, mails, mailboxes.

In: paths, or the bytes of a mail. Out: a `Source` for each file that may be a workbook, with its
origin, or a `SourceFailure`; content is read when its turn comes. Main types: `Finder`, `Source`,
`SourceFailure`, `File`. `jobs`, `campaign` and `cli` may import this room; it builds on
`spreadsheets`.
"""
