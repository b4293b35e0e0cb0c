"""Records in, judgement out: the verdict of one run, with its evidence.

Pure. Nothing here runs a client, reads a file or knows a server beyond its journal.
"""
