"""A real browser for clients that run in a page: finds it, runs it, serves the page.

Nothing here knows which component is in the page: `clients` say so.
"""
