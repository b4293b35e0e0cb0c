"""A real browser for clients that run in a page: finds it, starts it, loads the page.

Only `page.js` knows Deep Chat.
"""
