"""What is to happen in a load test: phases, outages, and which stream is hit by what.

Pure but for reading storm files. Nothing here runs, measures or knows Locust.
"""
