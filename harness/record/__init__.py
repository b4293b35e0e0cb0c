"""What is written down of a run, and what a client may tell: the words of a history.

Pure but for the history's file. Nothing here judges or causes what it records.
"""
