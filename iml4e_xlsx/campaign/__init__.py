"""Runs a round of the assessment: from a list of people to results, by mail, with a record."""
