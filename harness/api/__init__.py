"""The functions that `import midstream` gives: run, judge, serve.

Each calls what the command of its name calls; no rule of its own is here. Nothing in
the harness imports this package.
"""
