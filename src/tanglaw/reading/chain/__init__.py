"""Public ledgers: bytes of blocks, JSON of nodes and dumps of explorers, on their way into the tables of CHAIN.

In order of flow: `networks` (magic, address prefixes) -> `frames` (where blocks and undo data stand in a file) ->
`block_loops` (bytes to arrays) -> `hashing` (ids, Merkle root, proof of work) -> `addresses` (scripts to addresses) ->
`columns` (arrays to rows).
"""
