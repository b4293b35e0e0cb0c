"""Programs that measure what things cost, each run as ``python -m benchmarks.<name>``.

`make bench` runs them, and docs/performance.md says how they measure and what they
found. Nothing of the project imports them.
"""
