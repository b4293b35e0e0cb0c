"""The functions `run`, `judge` and `serve` that `import midstream` offers.

Thin on purpose: each function calls the code that the command of its name calls.
Nothing in the harness imports this package.
"""
