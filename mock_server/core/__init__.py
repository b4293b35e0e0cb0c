"""The vocabulary of the server: steps, positions, faults, journal, replies, settings.

Pure: no I/O, no clock, no randomness. It knows no provider and no other part of the
server.
"""
