"""
Does what a command does without a campaign: a job for many files, from paths to results.

In: paths, a `Scheme`, a `WorkbookOrder`. Out: `Assessment` or `Failure` for each file, `Results`
of all, new and repaired workbooks. `batch` reads many files, `results` holds what was read,
`workbook_order` and `workbook_repair` make workbooks, `demonstration` shows all of it. `campaign`
and `cli` import this room.
"""
