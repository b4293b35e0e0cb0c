"""What clients under test run in: programs of their own, Node.js, a real browser.

Nothing here knows which client it runs, or judges it: adapters are in `clients`.
"""
