"""A real browser for clients that live in a page: finds one, runs it, serves the page.

Nothing here knows which component is in the page: `clients` say so.
"""
