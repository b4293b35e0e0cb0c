"""What brings reports to files and a terminal, also while runs go on.

What a report says is not decided here: the pure files of `reports` do that.
"""
