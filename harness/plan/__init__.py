"""Scenarios with every name resolved and every argument checked, and the workloads.

Pure but for reading files. Nothing here runs anything: that is `runs`.
"""
