"""What Locust calls: options, processes, users and web page.

Only this folder imports Locust. It hands on: no stream is held or measured here.
"""
