"""What the workbench asks many times a second: the tables of a run laid out on a shelf, and the questions to it.

`layout.py` says what lies there and `shelf_of` makes it; the other modules ask. See docs/decisions/0009-the-workbench.md.
"""
