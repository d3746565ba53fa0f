"""What is kept, and where it is looked up.

`writer.Ledger` writes, `read.Reader` looks up; neither is imported here, so that a
look-up does not load what only writing needs.
"""
