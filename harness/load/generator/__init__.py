"""The streams of one process: each is opened, held, struck, judged and measured.

Runs under gevent. What streams add up to is not here but in `metrics`.
"""
