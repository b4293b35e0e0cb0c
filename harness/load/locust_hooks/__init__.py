"""What Locust calls: options, processes, users and web page."""
