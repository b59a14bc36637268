"""Writes a new HTTP function: crate, test, event, template, contract, README row and the list of routes.

`function` says what is asked for and refuses what cannot be, `files` collects the changes in memory, and the
other modules each change one part of the repository. Nothing is written before every part has succeeded.
"""
