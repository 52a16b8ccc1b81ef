"""The workbench: pages on which a team works the queue (docs/workbench.md).

`registry.py` lists every address with the roles that may see it; `start.py` makes the application of a workspace; `pages/` has a
module for each page, which fills a dataclass that its template shows.
"""
