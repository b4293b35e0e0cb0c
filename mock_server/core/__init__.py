"""The words of the server: steps, positions, faults, logs, journal, replies, settings.

Pure: no I/O, no clock, no chance. It knows no provider and nothing else of the server.
"""
