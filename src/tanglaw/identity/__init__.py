"""Identity records: how alike names are, and which rows of a person table speak of one person (docs/identity.md)."""
