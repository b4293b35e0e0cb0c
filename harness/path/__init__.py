"""The path between client and server: tap, nemesis, Toxiproxy and its toxics.

Nothing here judges, and nothing here knows a provider's API.
"""
