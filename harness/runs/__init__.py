"""Runs: one, many at once, and the trial runs of a user's own adapter.

Nothing here judges: the `oracle` judges histories, and `reports` show its verdicts.
"""
