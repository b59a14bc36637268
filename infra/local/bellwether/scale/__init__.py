"""The size a deployment grows to: 5,000 generated stocks with five years of days each, and what reads cost there.

Runs in a virtual environment of its own (`.local/venv-deep`), because only this needs numpy.
"""
