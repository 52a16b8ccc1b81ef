"""One module for each page: a dataclass with all that its template shows, and the view that fills it."""
