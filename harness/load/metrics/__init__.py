"""What many judged streams add up to: samples, sums that merge, gates, the result.

Pure. Nothing here knows Locust, a socket or a clock; callers pass times in.
"""
