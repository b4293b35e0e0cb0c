"""A real browser for clients that live in a page: where it is, and one that runs.

Nothing here knows Deep Chat but `component`, which fetches its one file.
"""
