"""The views of a history that checkers and proofs share, each kept up record by record.

Pure. A projection states what happened; whether that was right is for a checker.
"""
