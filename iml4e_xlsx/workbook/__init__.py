"""The workbook: where everything is, the rule as formulas, and the writing of it."""
