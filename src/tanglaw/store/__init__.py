"""The workspace on disk: immutable Parquet parts, a hash-chained log of commits, run records, audit."""
