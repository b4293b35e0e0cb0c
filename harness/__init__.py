"""Runs scenarios against clients, judges the histories, reports the verdicts.

Import-light on purpose: heavy imports stand in the modules that need them.
"""

__version__ = "0.1.0"
