"""What clients under test run in: programs, Node.js, and a real browser.

Nothing here knows which client it runs, or judges it: adapters are in `clients`.
"""
