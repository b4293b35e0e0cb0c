"""The records of a run's history, and the operations that a client may report.

Reads and writes history files, otherwise pure. Nothing here judges what it records.
"""
