"""Cassettes: what was recorded, how it is stored and checked, how it is imported.

Pure but for reading files. What a provider's events mean is for its dialect to say.
"""
