"""The pass over the bytes of texts that tells which triggers match in each: four tables walked side by side.

Imported only where there is enough text, since Numba takes half a second to load.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
States = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint64]
Four = tuple[States, States, States, States]


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def matched(
    data: Bytes, offsets: Offsets, kinds: Bytes, following: Four, said: tuple[Bits, Bits, Bits, Bits],
    plain: tuple[int, int, int, int],
) -> Bits:  # fmt: skip
    """For each text from `offsets[row]` to `offsets[row + 1]` of `data` the bits of the triggers that match in it.

    A state is where its row of byte classes starts in `following[table]`, which holds the next state; what a state says
    stands at its start in `said[table]`, and only states from `plain[table]` on say something.
    """
    one, two, three, four = following
    found = np.zeros(offsets.shape[0] - 1, dtype=np.uint64)
    for row in range(found.shape[0]):
        a = b = c = d = np.uint32(0)
        bits = np.uint64(0)
        for place in range(max(offsets[row], 0), min(offsets[row + 1], data.shape[0])):
            kind = kinds[data[np.uintp(place)]]
            a, b, c, d = one[a + kind], two[b + kind], three[c + kind], four[d + kind]
            if a >= plain[0]:
                bits |= said[0][a]
            if b >= plain[1]:
                bits |= said[1][b]
            if c >= plain[2]:
                bits |= said[2][c]
            if d >= plain[3]:
                bits |= said[3][d]
        found[row] = bits
    return found
