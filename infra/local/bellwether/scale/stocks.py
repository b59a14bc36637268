"""The generated stocks by their symbols."""

COUNT = 5000
PREFIX = "GEN-"
"""Symbols of exchanges and tests never start with this."""


def symbol(place: int, count: int = COUNT) -> str:
    """The symbol at a place of an order in which neighbours were not loaded one after the other."""
    return f"{PREFIX}{1 + place * 97 % count:05}"
