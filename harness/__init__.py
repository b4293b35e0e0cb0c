"""Runs scenarios against clients, judges the histories, reports the verdicts.

The server is not here but in `mock_server`. Importing this package imports nothing
heavy: such imports stand in the modules that need them.
"""

__version__ = "0.1.0"
