"""What gives the reference client a network, a clock and random numbers.

The rules of the client are not here but in the pure files of `reference_client`.
"""
