"""What brings reports to files and a terminal, also while runs go on.

The content of a report is decided by the pure files of `reports`, not here.
"""
