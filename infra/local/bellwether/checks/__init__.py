"""Tests of a running stack, and checks of the contract."""
