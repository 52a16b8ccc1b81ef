"""A small chain of a test network for the tests of its readers: every kind of output, and what spends them."""

from __future__ import annotations

from tanglaw.testing.blocks import (
    Block,
    Pay,
    Spend,
    Tx,
    framed,
    p2pkh,
    p2sh,
    sized,
    undo,
    undo_record,
    witness,
)

KEY = b"\x02" + bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
WHOLE = b"\x04" + KEY[1:] + bytes.fromhex("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")
# RIPEMD-160 of SHA-256 of KEY, from BIP 173.
KEY_HASH = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")
SIGNATURE = b"\x30" + bytes(70)
SCRIPTS = {
    "p2pk": b"\x21" + KEY + b"\xac",
    "p2pkh": p2pkh(KEY_HASH),
    "p2sh": p2sh(bytes.fromhex("bcfeb728b584253d5f3f70bcb780e9ef218a68f4")),
    "p2wpkh": witness(0, KEY_HASH),
    "p2wsh": witness(0, bytes(range(32))),
    "p2tr": witness(1, KEY[1:]),
    "witness-unknown": witness(2, bytes(16)),
    "multisig": b"\x51\x21" + KEY + b"\x41" + WHOLE + b"\x52\xae",
    "op-return": b"\x6a\x04noon",
    "other": b"\x51",
}


def chain() -> list[Block]:
    """Three blocks: coins are made, paid to every kind of script, and spent by a key, a witness and a redeem script."""
    first = Block(1, reward=(Pay(50 * 10**8, p2pkh(KEY_HASH)),))
    made = first.all[0].txid
    spread = Tx(
        (Spend(made, 0, sized(SIGNATURE) + sized(KEY)),),
        tuple(Pay(1_000 + 7 * n, script) for n, script in enumerate(SCRIPTS.values())),
    )
    second = Block(2, (spread,), first.digest)
    redeem = witness(0, KEY_HASH)
    ins = (
        Spend(spread.txid, 1, sized(SIGNATURE) + sized(KEY)),
        Spend(spread.txid, 3, b"", (SIGNATURE, KEY)),
        Spend(spread.txid, 2, sized(redeem)),
        Spend(spread.txid, 0, sized(SIGNATURE)),
        Spend(spread.txid, 5, b"", (bytes(64),)),
    )
    joined = Tx(ins, (Pay(3_000, p2pkh(bytes(20))),))
    return [first, second, Block(3, (joined,), second.digest)]


def spent_by(blocks: list[Block]) -> list[list[list[Pay]]]:
    """By block and transaction but the coinbase, the outputs spent."""
    outs = {tx.txid: tx.outs for block in blocks for tx in block.all}
    return [[[outs[one.txid][one.n] for one in tx.ins] for tx in block.txs] for block in blocks]


def files(order: tuple[int, ...] = (0, 2, 1)) -> dict[str, bytes]:
    """`blk00000.dat` with the blocks out of order and padding between and behind, and `rev00000.dat` in order."""
    blocks = chain()
    kept = b"".join(framed(blocks[number].serialised()) + bytes(number) for number in order) + bytes(100)
    records = [undo_record(undo(spent), block.previous) for block, spent in zip(blocks, spent_by(blocks), strict=True)]
    return {"blk00000.dat": kept, "rev00000.dat": b"".join(records)}


def overlaid(data: bytes, key: bytes) -> bytes:
    """The bytes under a key, as newer nodes keep them."""
    return bytes(byte ^ key[place % len(key)] for place, byte in enumerate(data))
