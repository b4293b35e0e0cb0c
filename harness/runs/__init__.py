"""Runs: one, many at once, and the trial runs of a user's own adapter.

Nothing here judges, that is `oracle`, or shows results, that is `reports`.
"""
