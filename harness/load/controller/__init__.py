"""One load run: starts servers and Toxiproxy, schedules outages, makes the result.

Nothing here holds a stream: that is `generator`. Nothing here knows Locust.
"""
