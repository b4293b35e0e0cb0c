"""Many users streaming at once while the network breaks, each stream judged.

Two halves. `storm`, `metrics` and `report` are pure: what is to happen, what it adds up
to, and how a reader sees it. `generator`, `controller` and `locust_hooks` run it under
Locust. They are the only part of midstream that may import Locust, because that import
patches the whole process.
"""
