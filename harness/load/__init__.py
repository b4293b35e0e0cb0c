"""Load tests: many streams at once while the network breaks, each of them judged.

`storm`, `metrics` and `report` are pure; `controller`, `generator` and `locust_hooks`
are edges. Nothing outside this folder imports Locust, which patches the whole process.
"""
