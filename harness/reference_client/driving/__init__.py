"""Drives the reference client's core with a network, a clock and random numbers.

The rules of the client are in the pure files of `reference_client`.
"""
