"""What did the published study print, and do we find it again?"""

import pandas as pd

from helpers.cases.wine.reader import WineOrders
from helpers.cases.wine.segments import profile_offers
from helpers.features.reproduction import against_published, read_published, within_spread

SEGMENTS = 3  # of the study


def reproduction(
    orders: WineOrders, rules: pd.DataFrame, runs: pd.DataFrame, profile: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the published figures beside ours; nothing where the data are not the study's.

    Ours are the rules of `readable`, the factorisations of `runs_table` and the profile of `profile_offers`. They
    come as rules, by `against_published`; measures, the sizes and silhouettes of the segments, by `within_spread`;
    and segments, their profiles. The last two only where we have the study's number of segments.
    """
    if not orders.is_published:
        return {}
    rules_printed, measures, segments = (read_published(__file__, name) for name in ("rules", "measures", "segments"))
    found = {"rules": against_published(rules_printed, rules, ["antecedents", "consequents"], decimals=3)}
    if sum(name.startswith("share_") for name in runs) != SEGMENTS:
        return found
    profiles = _profiles(orders.offers, profile, segments)
    return found | {"measures": within_spread(measures, runs, decimals=2), "segments": profiles}


def _profiles(offers: pd.DataFrame, ours: pd.DataFrame, study: pd.DataFrame) -> pd.DataFrame:
    """Return profiles by segment: the study's, ours, and ours of its own segments, two of which have offer 7."""
    members = {row.segment: [int(offer) for offer in row.members.split()] for row in study.itertuples()}
    printed = study.drop(columns="members")
    recounted = profile_offers(offers, members)
    versions = {"published": printed, "ours": ours[printed.columns], "ours, offer 7 counted twice": recounted}
    table = pd.concat([each.assign(of=of) for of, each in versions.items()])
    return table.sort_values("segment", kind="stable")
