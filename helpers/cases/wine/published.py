"""What did the published study print?"""

from pathlib import Path

import pandas as pd


def published(name: str) -> pd.DataFrame:
    """Return what the published study printed.

    Parameters
    ----------
    name : {"rules", "segments", "measures"}
        Its association rules, the profile of its segments of offers, or the sizes and silhouettes of its segments.
    """
    return pd.read_csv(Path(__file__).with_name(f"published_{name}.csv"))


def published_segments_of_offers() -> dict[object, list[int]]:
    """Return the offers of each published segment; the study counts offer 7 in two of them."""
    return {row.segment: [int(offer) for offer in row.members.split()] for row in published("segments").itertuples()}
