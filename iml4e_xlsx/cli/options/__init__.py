"""
Adds options to commands: one function for each group of options that several commands share.

In: a click command. Out: the same command with options, their values as one object where they
belong together (`ReadingOptions`, `CampaignOptions`). Only the commands import this room.
"""
