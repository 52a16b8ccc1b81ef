"""How the database came to its form; shipped, and applied when it is opened to write."""
