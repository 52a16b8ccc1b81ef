"""How much the files of a world say of each report: the signs that its truth lists, weighed by how often they are right."""

from __future__ import annotations

import numpy as np
import polars as pl

from tanglaw.evaluate.ranking import Floats

# From so many times as likely under danger as without, evidence supports it "moderately" (verbal scale of the ENFSI
# guideline for evaluative reporting, 2015).
MODERATE = 10.0


def support(reports: pl.DataFrame, signs: pl.DataFrame) -> Floats:
    """Natural log of the likelihood ratio of danger that the signs of each row of `reports` add up to.

    `reports` has report_number and dangerous, `signs` report_number and sign. Each sign, there or not, counts by how
    often it stands on dangerous reports and on others of this truth, as if signs were independent.
    """
    total = np.zeros(reports.height)
    dangerous = reports["dangerous"].to_numpy().astype(np.bool_)
    bad, other = int(dangerous.sum()), int((~dangerous).sum())
    for _, rows in sorted(signs.group_by("sign"), key=lambda part: part[0]):
        here = reports["report_number"].is_in(rows["report_number"].to_list()).to_numpy()
        # Half a report more on each side keeps a sign that never or always stands from deciding alone.
        right, wrong = (here[dangerous].sum() + 0.5) / (bad + 1), (here[~dangerous].sum() + 0.5) / (other + 1)
        total += np.where(here, np.log(right / wrong), np.log((1 - right) / (1 - wrong)))
    return total
