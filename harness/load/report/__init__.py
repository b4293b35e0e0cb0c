"""Reports of a load run's result: plain text, an HTML page, one live line.

Pure functions from a `LoadResult` to text; they judge nothing, print nothing and fetch
nothing.
"""
