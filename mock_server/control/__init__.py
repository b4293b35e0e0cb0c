"""Starts and controls the server: command line, processes, admin, load control.

Nothing here answers a client: that is `serving`.
"""
