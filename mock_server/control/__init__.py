"""How the server is started and steered: command line, processes, admin, load control.

Nothing here answers a client: that is `serving`.
"""
