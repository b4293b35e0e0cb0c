"""What `import midstream` gives beyond the classes of other modules: run, judge, serve.

Thin on purpose: each function calls what the command of its name calls. Nothing in
the harness imports this package.
"""
