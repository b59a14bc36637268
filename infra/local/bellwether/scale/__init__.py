"""Tests at full scale: 5,000 generated stocks with five years of bars each, and the cost of reads.

Runs in its own virtual environment (`.local/venv-deep`), because nothing else needs numpy.
"""
