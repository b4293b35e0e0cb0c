"""The streams of one process: each is opened, held, hit by its fault, and judged.

Runs under gevent. The totals of many streams are not here but in `metrics`.
"""
