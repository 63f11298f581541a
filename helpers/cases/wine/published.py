"""What did the published study print, and do we find it again?"""

import pandas as pd

from helpers.cases.wine.reader import WineOrders
from helpers.cases.wine.segments import members_of, profile_offers
from helpers.features.reproduction import against_published, read_published

SEGMENTS = 3  # of the study
TWICE = "the study's, offer 7 in two"


def reproduction(
    orders: WineOrders, rules: pd.DataFrame, runs: pd.DataFrame, of_offers: pd.Series
) -> dict[str, pd.DataFrame]:
    """Return the published figures beside ours; nothing where the data are not the study's.

    Ours are the rules of `readable`, the factorisations of `runs_table` and the segment of each offer. They come by
    `against_published` as rules; as measures, the sizes and silhouettes of the segments; and as segments, their
    profiles. The last two only where we have the study's number of segments.
    """
    if not orders.is_published:
        return {}
    found = {"rules": against_published(__file__, "rules", [rules], ["antecedents", "consequents"])}
    if sum(name.startswith("share_") for name in runs) != SEGMENTS:
        return found
    names = read_published(__file__, "measures")[["measured_on", "figure"]]
    ours = [names.assign(value=run[names["figure"]].to_numpy()) for _, run in runs.iterrows()]
    measures = against_published(__file__, "measures", ours, ["measured_on"])
    return found | {"measures": measures, "segments": _profiles(orders.offers, of_offers)}


def _profiles(offers: pd.DataFrame, of_offers: pd.Series) -> pd.DataFrame:
    """Return the published profiles against ours, and against ours of the study's offers, where two have offer 7.

    Each published segment is set beside that of ours that shares most offers with it.
    """
    study = read_published(__file__, "members")
    members = {row.segment: [int(offer) for offer in row.members.split()] for row in study.itertuples()}
    found = list(members_of(of_offers).values())
    ours = {name: max(found, key=lambda own: len(set(own) & set(printed))) for name, printed in members.items()}
    versions = {"our segments": ours, TWICE: members}
    compared = [
        against_published(__file__, "segments", [profile_offers(offers, each)], ["segment"]).assign(of=of)
        for of, each in versions.items()
    ]
    return pd.concat(compared).sort_values("segment", kind="stable")
