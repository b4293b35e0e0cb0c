"""What is to happen in a load test: phases, outages, and the faults of each stream.

Pure but for reading storm files. Nothing here runs, measures or knows Locust.
"""
