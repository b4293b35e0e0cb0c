"""Runs: one, many at once, and the trial runs of a user's own adapter.

Nothing here judges: histories go to `oracle`, and what it says to `reports`.
"""
