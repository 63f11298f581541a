"""What did the published study print, and do we find it again?"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.cases.wine.reader import WineOrders
from helpers.cases.wine.segments import profile_offers
from helpers.features.reproduction import against_published, within_spread

TASTES = 3


@dataclass(frozen=True)
class Reproduction:
    """The study's figures beside ours; all are empty where the data are not the study's.

    Attributes
    ----------
    rules, measures, segments : DataFrame
        Its rules, as by `against_published`; the sizes and silhouettes of its segments, as by `within_spread`; and
        their profiles, ours and the study's. The last two are empty where we have not its number of tastes.
    missing : str
        What cannot be compared, and why.
    """

    rules: pd.DataFrame
    measures: pd.DataFrame
    segments: pd.DataFrame
    missing: str


def reproduction(orders: WineOrders, rules: pd.DataFrame, runs: pd.DataFrame, profile: pd.DataFrame) -> Reproduction:
    """Set the study's figures beside ours.

    Parameters
    ----------
    orders : WineOrders
    rules : DataFrame
        Our rules, as `readable` returns them.
    runs : DataFrame
        Our factorisations, from `runs_table`.
    profile : DataFrame
        Our segments of offers, from `profile_offers`.
    """
    nothing = pd.DataFrame()
    if not orders.is_published:
        missing = "These are not the published data, so there is nothing to compare."
        return Reproduction(nothing, nothing, nothing, missing)
    found = against_published(published("rules"), rules, ["antecedents", "consequents"], decimals=3)
    tastes = sum(name.startswith("share_") for name in runs)
    if tastes != TASTES:
        missing = f"The study has {TASTES} segments and this run {tastes}, so the segments are not compared."
        return Reproduction(found, nothing, nothing, missing)
    measures = within_spread(published("measures"), runs, decimals=2)
    return Reproduction(found, measures, _profiles(orders.offers, profile), "")


def _profiles(offers: pd.DataFrame, profile: pd.DataFrame) -> pd.DataFrame:
    study = published("segments").drop(columns="members")
    recounted = profile_offers(offers, _published_segments_of_offers())
    versions = {"published": study, "ours": profile[study.columns], "ours, offer 7 counted twice": recounted}
    table = pd.concat([each.assign(of=of) for of, each in versions.items()])
    return table.sort_values("segment", kind="stable")


def published(name: str) -> pd.DataFrame:
    """Return what the published study printed.

    Parameters
    ----------
    name : {"rules", "segments", "measures"}
        Its association rules, the profile of its segments of offers, or the sizes and silhouettes of its segments.
    """
    return pd.read_csv(Path(__file__).with_name(f"published_{name}.csv"))


def _published_segments_of_offers() -> dict[object, list[int]]:
    """Return the offers of each published segment; the study counts offer 7 in two of them."""
    return {row.segment: [int(offer) for offer in row.members.split()] for row in published("segments").itertuples()}
