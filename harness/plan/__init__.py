"""Scenarios with every name resolved and every argument checked, and the workloads.

Reads files, otherwise pure. Nothing here runs a scenario: `runs` does.
"""
