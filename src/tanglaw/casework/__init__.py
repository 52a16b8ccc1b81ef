"""What people decide: append-only rows in a database, read as tables (docs/judgements.md).

`services.py` writes, `queries.py` reads, `database.py` opens. A Django application, so that the workbench can extend it.
"""

from tanglaw.casework import standalone

__all__ = ["standalone"]
