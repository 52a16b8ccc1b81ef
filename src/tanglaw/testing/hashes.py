"""Made-up hashes for tests: PDQ values at a stated distance, TMK+PDQF files of random features."""

from __future__ import annotations

import random
import struct

import numpy as np

PERIODS, WEIGHTS = (31, 47), (0.4, 0.2, 0.1)


def pdq_of(seed: int) -> str:
    """A PDQ hash with half of its bits set, as real ones have."""
    bits = random.Random(seed).sample(range(256), 128)  # noqa: S311
    return f"{sum(1 << bit for bit in bits):064x}"


def pdq_near(value: str, bits: int, seed: int = 0) -> str:
    """The hash with that many of its bits turned, which ones the seed says."""
    turned = random.Random(seed).sample(range(256), bits)  # noqa: S311
    return f"{int(value, 16) ^ sum(1 << bit for bit in turned):064x}"


def tmk_file(seed: int, noise: float = 0.0, noise_seed: int = 0) -> bytes:
    """A TMK+PDQF file with random features of that seed, and noise of the stated size added to them."""
    rng, other = np.random.default_rng(seed), np.random.default_rng(noise_seed)
    many = len(PERIODS) * len(WEIGHTS)
    vectors = rng.normal(size=(1 + 2 * many, 256)) + noise * other.normal(size=(1 + 2 * many, 256))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scale = np.sqrt(np.tile(WEIGHTS, len(PERIODS)))
    vectors[1:] *= np.concatenate([scale, scale])[:, None]
    # The sine of frequency 0 is nothing.
    vectors[1 + many :: len(WEIGHTS)] = 0
    head = struct.pack("<12s5i", b"TMK1FVECPDQF", 15, len(PERIODS), len(WEIGHTS), 256, 900)
    return (
        head + np.array(PERIODS, "<i4").tobytes() + np.array(WEIGHTS, "<f4").tobytes() + vectors.astype("<f4").tobytes()
    )
