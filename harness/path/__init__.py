"""All between client and server: the tap, the nemesis, Toxiproxy and its toxics.

Nothing here judges, and nothing here knows a provider's API.
"""
