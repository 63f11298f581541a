"""Which method recommends best, and by how much is it surely better than doing without?

Its rival is the best baseline, chosen as the method itself was: before the trial. An interval over customers speaks
of one period; so the lead of the two is counted again in periods before it.

Customers are drawn anew with replacement, the same ones for all methods, so that a difference between two methods is
measured on the same customers (paired bootstrap, Efron and Tibshirani, 1993).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.models.inference.bootstrap import with_intervals
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders import metrics
from helpers.models.recommenders.holdout import Holdout
from helpers.models.recommenders.methods import Method
from helpers.models.recommenders.trial import Trial, run_trial, winner

KEYS = ["offered", "method", "setting", "baseline", "winner", "measure", "customers"]
LEAD = "lead"
Draws = Callable[[int], Iterable[np.ndarray]]  # of n customers: how often each is drawn, n or draws x n


@single_thread
def compare(trial: Trial, rivals: Mapping[str, str], draws: Draws) -> pd.DataFrame:
    """Return each method's measures, and its leads over the rivals, with 95 % intervals.

    Rivals tell for each name of a lead the method over which it is. One customer alone is not drawn, and has no
    intervals.

    There is a row for each offer, measure and method: KEYS, value (mean over customers), and the leads (the value
    less that of the rival; missing for the rival itself, and where it does not compete), each with _low and _high.
    The highest value of a measure first.
    """
    names = ["value", *rivals]
    parts = [_compared(users, rivals, draws) for _, users in trial.users.groupby("offered", sort=False)]
    columns = [*KEYS, *(f"{name}{end}" for name in names for end in ("", "_low", "_high"))]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True).merge(trial.methods, on=["offered", "method"], how="left")
    order = [pd.factorize(table[name])[0] for name in ("measure", "offered")]
    return table.iloc[np.lexsort([-table["value"].round(12), *order])].reset_index(drop=True)[columns]


def _compared(users: pd.DataFrame, rivals: Mapping[str, str], draws: Draws) -> pd.DataFrame:
    """Return the measures and leads of all methods for one offer."""
    measures, methods = list(users.columns[3:]), users["method"].unique()
    wide = users.pivot_table(index="customer", columns="method", values=measures, sort=False).sort_index()
    pairs = [(measure, method) for measure in measures for method in methods]
    values = np.hstack([_with_leads(wide[measure], method, rivals) for measure, method in pairs])
    n = len(values)
    drawn = [weights @ values / n for weights in (draws(n) if n > 1 else ())]
    means = np.hsplit(np.vstack([values.mean(axis=0), *drawn]), len(pairs))
    names = ["value", *rivals]
    found = [with_intervals(dict(zip(names, of_pair.T, strict=True))) for of_pair in means]
    table = pd.DataFrame(pairs, columns=["measure", "method"]).join(pd.DataFrame(found))
    return table.assign(offered=users["offered"].iloc[0], customers=n)


def _with_leads(values: pd.DataFrame, method: str, rivals: Mapping[str, str]) -> np.ndarray:
    """Return the values of a method and their differences to those of the rivals, customers x (1 + rivals)."""
    own = values[method].to_numpy()
    nothing = np.full(len(own), np.nan)
    others = [nothing if rival == method else values.get(rival, nothing) for rival in rivals.values()]
    return np.column_stack([own, *(own - other for other in others)])


def compare_with_best(trial: Trial, tuning: pd.DataFrame, draws: Draws) -> pd.DataFrame:
    """Return the table of `compare` with the LEAD over the best baseline of each offer, by `tune`, named in rival."""
    parts = []
    for offered, name in tuning[tuning["rival"]].set_index("offered")["method"].items():
        of_offer = replace(trial, users=trial.users[trial.users["offered"] == offered])
        parts.append(compare(of_offer, {LEAD: str(name)}, draws).assign(rival=name))
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values("measure", key=lambda names: pd.factorize(names)[0], kind="stable", ignore_index=True)


def lead_in_periods(
    periods: Mapping[pd.Timestamp, Sequence[Holdout]], methods: Sequence[Method], tuning: pd.DataFrame, k: int
) -> pd.DataFrame:
    """Return how the method chosen by `tune` and its rival did in other periods, by offer and first day of each.

    The columns are offered, start, customers, method, rival, ndcg, rival_ndcg and LEAD (of the means over customers);
    no row where the two are the same or nobody could be judged.
    """
    rows = []
    for start, holdouts in periods.items():
        for held in holdouts:
            pair = [winner(methods, tuning, held.offered, role) for role in ("winner", "rival")]
            if pair[0] is not pair[1] and len(held.n_relevant):
                users = run_trial([held], pair, k, {"ndcg": metrics.ndcg}).users
                ndcg, rival = users.groupby("method")["ndcg"].mean()[[method.name for method in pair]]
                about = {"offered": held.offered, "start": start, "customers": len(held.n_relevant)}
                names = {"method": pair[0].name, "rival": pair[1].name}
                rows.append(about | names | {"ndcg": ndcg, "rival_ndcg": rival, LEAD: ndcg - rival})
    return pd.DataFrame(
        rows, columns=["offered", "start", "customers", "method", "rival", "ndcg", "rival_ndcg", LEAD]
    )
