"""Tabular records by mapping: dialects, mappings, blocks of rows, and what each kind of table becomes.

In order of flow: `mapping` (the file format) -> `find` (which mapping) -> `dialect` (encoding, delimiter,
header) -> `csvs` / `workbook` (blocks of text cells) -> `convert` (cells to values) -> `payments`, `logins`,
`calls`, `subscribers`, `messages` (values to rows). `suggest` proposes a mapping.
"""
