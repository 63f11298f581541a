"""What sets the top sponsors apart from the others?

Top sponsors are those with the most recruits, so whatever holds that number differs by construction, and the share of
a hundred recruits varies less than that of two. Hence recruits are compared one by one, and only the first five dated
ones of each sponsor who has as many; what makes a sponsor give up before that cannot be seen here. Recruits are
compared with recruits of the same month of joining, since older ones had longer to buy and to leave, and sponsors
with sponsors of the same year.
"""

import numpy as np
import pandas as pd
from scipy.stats import t as students

from helpers.keeping import kept
from helpers.models.inference.intervals import reach
from helpers.models.inference.multiplicity import adjusted
from helpers.models.inference.proportions import wilson_interval
from helpers.models.network.growth import EARLY, WINDOWS, YEAR, dated_recruits, months_of, pace
from helpers.models.network.heavy_tail import top_count
from helpers.models.network.trees import Network

JOINING, RECRUITS = "sponsors' year of joining", "recruits' month of joining"
SHARE, MONEY, NUMBER = "share", "money", "number"
CIRCULAR, PARTLY, FREE = "circular", "partly circular", "not circular"
PACE = {
    **{f"joined_{months}": f"recruits in the first {months} months after joining" for months in WINDOWS},
    **{f"first_{months}": f"recruits in the first {months} months from the first recruit" for months in WINDOWS},
    "to_first": "months from joining to the first recruit",
    "to_fifth": "months from the first to the fifth recruit",
}
OWN = {"own_revenue": "own spending", "own_centres": "own centres visited"}
KIND = {
    "buyers": "recruits who bought",
    "active": "recruits who bought in the last half-year",
    "starter_only": "recruits with a starter order only",
    "recruiting": "recruits who recruit too",
    "revenue": "spending of a recruit",
    "centres": "centres visited by a recruit who bought",
}
WORTH = {"own_revenue": MONEY, "revenue": MONEY} | dict.fromkeys(
    ["buyers", "active", "starter_only", "recruiting"], SHARE
)
SEGMENT = "recruits in segment {}"
FAMILIES = ["recruits", "own", "pace"]
LEAST = 1.5  # sponsors on a side, counted by weights
SIDES = {"top_sponsors": True, "other_sponsors": False}
NAMES = ["top_mean", "others_mean", "effect", "effect_low", "effect_high", "p_value"]
Row = dict[str, str | float]


def _top_mark(network: Network, top: float) -> pd.Series:
    """Return who of the sponsors are, or tie with, the share with the most recruits; nobody if all have as many."""
    recruits = network.members.loc[network.members["recruits"] > 0, "recruits"]
    n = top_count(len(recruits), top)
    least = recruits.nlargest(n).min() if n else np.inf
    return (recruits >= max(least, recruits.min() + 1 if len(recruits) else 0)).rename("top")


@kept
def success_table(network: Network, joined: pd.Series, customers: pd.DataFrame, top: float) -> pd.DataFrame:
    """Compare the top sponsors with the other sponsors who have at least five dated recruits.

    A row for each quantity: quantity, family ("recruits", "own" or "pace"), worth (SHARE, MONEY or NUMBER), within
    (JOINING or RECRUITS: who is compared with whom), circular (CIRCULAR, PARTLY or FREE), top_sponsors,
    other_sponsors (in cells that hold both), top_mean, others_mean (with the weights that the cells have among the
    top), effect, effect_low, effect_high (95 % interval) and p_value (missing where nobody can be compared, where
    only one top sponsor or one other can, or where nothing varies), with q_value (Benjamini and Hochberg, 1995; over
    the rows that are not circular, and over the others apart, since many sure findings would make way for chance
    ones). By family, the strongest effect first.

    `joined` is as for `dated_recruits`. `customers` holds by member those who bought: revenue, segment (text),
    starter_only (bool: bought nothing but one starter order), active (bool: bought in the last half-year) and centres
    (how many were visited). All other members count as not buying: no revenue, not active, in no segment. `top` is
    the share of the sponsors, by recruits, that counts as the top.
    """
    dated, mark = dated_recruits(network, joined), _top_mark(network, top)
    first = dated[dated["place"] <= EARLY]
    early = first[first.groupby("sponsor")["place"].transform("max") == EARLY]  # of sponsors who have as many
    sponsors = early["sponsor"].drop_duplicates()
    year = months_of(joined.reindex(sponsors)) // YEAR
    of_recruits = _recruits(network, customers, early["member"]).set_index(early.index)
    own = customers[["revenue", "centres"]].set_axis(list(OWN), axis="columns")
    of_sponsors = own.reindex(sponsors, fill_value=0).astype(float), pace(network, joined).loc[sponsors]
    rows = [
        _names(name, RECRUITS)
        | _compare(of_recruits[name], early["sponsor"].map(mark), early["month"], early["sponsor"])
        for name in of_recruits
    ]
    rows += [
        _names(name, JOINING) | _compare(values, mark[sponsors], year, values.index.to_series())
        for frame in of_sponsors
        for name, values in frame.items()
    ]
    table = pd.DataFrame(rows)
    q_value = table.groupby(table["circular"] == FREE)["p_value"].transform(adjusted)
    table = table.assign(q_value=q_value, size=-table["effect"].abs(), order=table["family"].map(FAMILIES.index))
    return table.sort_values(["order", "size"], kind="stable", ignore_index=True).drop(columns=["order", "size"])


def _names(name: str, within: str) -> Row:
    family = "pace" if name in PACE else "own" if name in OWN else "recruits"
    return {
        "quantity": (PACE | OWN | KIND).get(name) or SEGMENT.format(name),
        "family": family,
        "worth": WORTH.get(name) or (NUMBER if name in PACE | OWN | KIND else SHARE),
        "within": within,
        "circular": FREE if family != "pace" else PARTLY if name.startswith("to_") else CIRCULAR,
    }


def _recruits(network: Network, customers: pd.DataFrame, members: pd.Series) -> pd.DataFrame:
    """Return numbers for each recruit; centres are missing where nothing was bought."""
    rows = customers.reindex(members)
    columns = {
        "buyers": customers.index.get_indexer(members) >= 0,
        "active": rows["active"].eq(True).to_numpy(),
        "starter_only": rows["starter_only"].eq(True).to_numpy(),
        "recruiting": network.members["recruits"].reindex(members).to_numpy() > 0,
        "revenue": rows["revenue"].fillna(0).to_numpy(),
        "centres": rows["centres"].to_numpy(),
    }
    segments = {
        str(name): rows["segment"].eq(name).to_numpy() for name in sorted(customers["segment"].dropna().unique())
    }
    return pd.DataFrame(columns | segments).astype(float)


def _compare(values: pd.Series, top: pd.Series, cells: pd.Series, sponsors: pd.Series) -> Row:
    """Compare a number between top sponsors, or their recruits, and others in the same cell (a time).

    The effect is the rank biserial correlation of the Mann-Whitney test within cells: the share of pairs in which
    the top has more, minus the share in which the other has more. Of what is 0 or 1, it is the difference of two
    shares. Its variance is that of DeLong, DeLong and Clarke-Pearson (1988), with recruits of one sponsor taken
    together (Obuchowski, 1997); the interval is by Fisher's z, and it and the test by Student's t with the smaller
    number of sponsors, counted as many as their weights allow (Kish, 1965). Sponsors are taken as independent of
    each other, though some stand below others.
    """
    frame = pd.DataFrame({"value": values, "top": top, "cell": cells, "sponsor": sponsors}).dropna(ignore_index=True)
    frame = frame[frame.groupby("cell")["top"].transform("nunique") == 2].astype({"value": float, "top": bool})
    counted: Row = {name: frame.loc[frame["top"] == side, "sponsor"].nunique() for name, side in SIDES.items()}
    if min(map(float, counted.values())) < 2 or frame["value"].nunique() < 2:
        return counted | dict.fromkeys(NAMES, np.nan)
    frame = frame.assign(wins=_wins(frame), weight=_weights(frame))
    weighted = (frame["value"] * frame["weight"]).groupby(frame["top"]).sum()
    means = weighted[True], weighted[False]
    return counted | dict(zip(NAMES, map(float, [*means, *_effect(frame)]), strict=True))


def _wins(frame: pd.DataFrame) -> np.ndarray:
    """Return the share of the other side in the cell over whom the top wins, ties by half, as each row sees it."""
    ranks = frame.groupby("cell")["value"].rank() - frame.groupby(["cell", "top"])["value"].rank()
    in_cell, own_side = (frame.groupby(names)["value"].transform("size") for names in ("cell", ["cell", "top"]))
    others = in_cell - own_side
    return (ranks / others).where(frame["top"], 1 - ranks / others).to_numpy()


def _weights(frame: pd.DataFrame) -> np.ndarray:
    """Return weights that add up to 1 on each side and are spread over the cells as the top are."""
    n_top = frame.groupby("cell")["top"].transform("sum")
    own_side = frame.groupby(["cell", "top"])["value"].transform("size")
    return (n_top / own_side / frame["top"].sum()).to_numpy()


def _effect(frame: pd.DataFrame) -> tuple[float, float, float, float]:
    """Return the rank biserial correlation with its interval and p-value."""
    wins = float((frame["weight"] * frame["wins"])[frame["top"]].sum())
    off = frame["weight"] * (frame["wins"] - wins)
    sums = pd.DataFrame({"off": off, "weight": frame["weight"]}).groupby([frame["top"], frame["sponsor"]]).sum()
    sides = (sums**2).groupby(level="top").sum()
    sizes = 1 / sides["weight"]  # of equal weights, the number of sponsors (Kish, 1965)
    if sizes.min() < LEAST:
        return 2 * wins - 1, np.nan, np.nan, np.nan
    return _interval(wins, float((sides["off"] * sizes / (sizes - 1)).sum()), float(sizes.min()))


def _interval(wins: float, variance: float, fewer: float) -> tuple[float, float, float, float]:
    """Return the effect, its interval and the p-value; where no sponsor differs from the rest, as of plain shares."""
    if variance < 1e-12:
        half_more = (fewer * wins + 0.5) / (fewer + 1)
        variance = half_more * (1 - half_more) / fewer
        bounds = 2 * np.array(wilson_interval(fewer * wins, fewer)) - 1
    else:
        half = reach(fewer - 1) * np.sqrt(variance) / (2 * wins * (1 - wins))
        bounds = np.tanh(np.arctanh(2 * wins - 1) + half * np.array([-1, 1]))
    p_value = 2 * students.sf(abs(wins - 0.5) / np.sqrt(variance), fewer - 1)
    effect = 2 * wins - 1  # rounding may leave it just outside its bounds
    return effect, min(float(bounds[0]), effect), max(float(bounds[1]), effect), float(p_value)
