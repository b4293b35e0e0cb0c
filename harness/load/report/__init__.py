"""Renderings of a load run's result, one a file, each for one reader.

Functions from a `LoadResult` to text; they judge nothing, print nothing and fetch
nothing.
"""
