"""Writes reports to files, and shows a campaign on a terminal while it runs.

The content of a report is decided by the pure files of `reports`, not here.
"""
