"""Servers that our server is compared with, each a process of its own."""
