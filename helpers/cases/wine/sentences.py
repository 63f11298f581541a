"""Did we find what the published study found, in words?"""

import pandas as pd

from helpers.wording import fixed, listing


def on_study(compared: pd.DataFrame) -> str:
    """Say which published figures lie within the spread of our runs."""
    shares = compared[compared["measure"].str.startswith("share_")]
    printed = " / ".join(f"{100 * share:.0f}" for share in sorted(shares["published"]))
    inside = "lie" if shares["agrees"].all() else "do not all lie"
    widths = compared[~compared["measure"].str.startswith("share_")]
    words = [
        f"{fixed(2)(row.published)} for {row.measured_on.split(',')[0]} (by "
        f"{row.measure.removeprefix('silhouette_')}) beside our {fixed(2)(row.best)}"
        for row in widths.itertuples()
    ]
    return (
        f"The published sizes of {printed} % {inside} within the spread of our runs; the published silhouettes are "
        f"{listing(words)}."
    )
