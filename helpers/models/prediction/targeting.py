"""Whom is it worth writing to?

Letters go to the likeliest to answer, by models that have not seen them. A letter costs `cost` whether it is answered
or not, and an answer brings `margin` before that cost. Three plans are set against writing to everybody and to
nobody: the share that would have paid best and the groups in which letters to all would have paid, which flatter,
since they are picked on the customers on whom they are judged, and the rule to write where probability times margin
is above cost, which is not picked at all.
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from helpers.models.inference.bootstrap import bootstrap_sums, weightings, with_intervals
from helpers.models.inference.determinism import single_thread

SHARES = np.linspace(0, 1, 101)
DIGITS = 6  # of money, after which sums differ by their order only
NOBODY, EVERYBODY, BEST, RULE = "nobody", "everybody", "best share", "where it pays"
GROUPS = "whole groups where it pays"


@single_thread
def gains(answered: pd.Series, probability: pd.Series, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return what share of the answers is reached by writing to the likeliest customers.

    Parameters
    ----------
    answered, probability : Series, customers
        Who answered (0 or 1), and how likely each was to. Of those as likely, as many as are left to write to are
        taken at random: the answers are those to expect.
    n_bootstrap, seed : int
        How many times the customers are drawn anew, and where chance starts; all shares see the same draws.

    Returns
    -------
    DataFrame
        A row for each share of SHARES: share (of the customers written to), mailed (customers), answers, gain (share
        of all answers), lift (gain over share, that is, over random mailing; missing at 0), gain and lift each with
        _low and _high (95 % interval over customers). Nothing but missing gains where nobody answered.

    Examples
    --------
    >>> answered, probability = pd.Series([1, 0, 0, 0]), pd.Series([0.5, 0.2, 0.2, 0.1])
    >>> gains(answered, probability, n_bootstrap=10, seed=0).loc[[25, 50, 100], ["share", "mailed", "gain", "lift"]]
         share  mailed  gain  lift
    25    0.25     1.0   1.0   4.0
    50    0.50     2.0   1.0   2.0
    100   1.00     4.0   1.0   1.0
    """
    reached = _reached(answered, probability, n_bootstrap, seed)
    everyone = np.where(reached[:, -1:] > 0, reached[:, -1:], np.nan)
    lift = reached / everyone / np.where(SHARES > 0, SHARES, np.nan)
    columns = {"share": SHARES, "mailed": SHARES * len(answered), "answers": reached[0]}
    return pd.DataFrame(columns | with_intervals({"gain": reached / everyone, "lift": lift}))


def _reached(answered: pd.Series, probability: pd.Series, n_bootstrap: int, seed: int) -> np.ndarray:
    """Return the answers reached at each share, of the customers as they are and then of each draw."""
    p, y = probability.to_numpy(), answered.to_numpy(dtype=float)
    order = np.argsort(-p, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(p[order])), len(p) - 1]
    return np.array([_curve(w[order], y[order], ends) for w in weightings(len(y), n_bootstrap, seed)])


def _curve(weights: np.ndarray, answered: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the answers at each share, of customers by probability, of which equal ones end at `ends`."""
    mailed, reached = weights.cumsum()[ends], (weights * answered).cumsum()[ends]
    return np.interp(SHARES * weights.sum(), np.r_[0, mailed], np.r_[0, reached])


@single_thread
def profits(
    answered: pd.Series, probability: pd.Series, cost: float, margin: float, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return what writing to the likeliest customers brings, by the share written to; parameters as for `gains`.

    There is a row for each share of SHARES: share, mailed, profit with profit_low and profit_high (95 % interval over
    customers), and random (profit of writing to as many at random); all in total for these customers.
    """
    drawn = _profit(_reached(answered, probability, n_bootstrap, seed), SHARES, len(answered), cost, margin)
    columns = {"share": SHARES, "mailed": SHARES * len(answered)}
    return pd.DataFrame(columns | with_intervals({"profit": drawn}) | {"random": SHARES * drawn[0, -1] + 0.0})


def _profit(answers: np.ndarray, share: np.ndarray, n: int, cost: float, margin: float) -> np.ndarray:
    return np.round(margin * answers - cost * n * share, DIGITS)


@single_thread
def plans(
    answered: pd.Series,
    probability: pd.Series,
    groups: pd.Series,
    cost: float,
    margin: float,
    n_bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Compare whom to write to by what it would have brought; parameters as for `gains`, and the group of each.

    There is a row each for NOBODY, EVERYBODY, BEST (the share with the highest profit, the lowest of equals), GROUPS
    (all customers of each group whose letters bring a profit together) and RULE (probability · margin > cost): plan,
    share (of the customers written to) with share_low and share_high, mailed, answers, profit, over_everybody and
    over_groups (profit less that of EVERYBODY and of GROUPS), the last three with _low and _high, and flattery (of
    BEST and GROUPS: by how much the profit is too high for having been picked on these customers).

    In each draw of the customers, all plans see the same ones, and the best share and the groups are picked anew.
    Flattery is the mean over the draws of what is picked in a draw brings in that draw, less what it brings for the
    customers as they are (the optimism of Efron and Tibshirani, 1993, chapter 17).

    >>> answered, probability = pd.Series([1, 0, 0, 0]), pd.Series([0.5, 0.2, 0.2, 0.1])
    >>> groups = pd.Series(["a", "a", "b", "b"])
    >>> found = plans(answered, probability, groups, cost=1, margin=4, n_bootstrap=10, seed=0)
    >>> found[["plan", "share", "mailed", "answers", "profit"]]
                             plan  share  mailed  answers  profit
    0                      nobody   0.00     0.0      0.0     0.0
    1                   everybody   1.00     4.0      1.0     0.0
    2                  best share   0.25     1.0      1.0     3.0
    3  whole groups where it pays   0.50     2.0      1.0     2.0
    4               where it pays   0.25     1.0      1.0     3.0
    """
    n, y = len(answered), answered.to_numpy(dtype=float)
    profit_of = partial(_profit, n=n, cost=cost, margin=margin)
    reached = _reached(answered, probability, n_bootstrap, seed)
    worth = (probability.to_numpy() * margin > cost).astype(float)
    member = pd.get_dummies(groups[answered.index]).to_numpy(dtype=float)
    parts = {"rule": worth, "rule_answers": worth * y, "group": member, "group_answers": member * y[:, None]}
    sums = bootstrap_sums(parts, n_bootstrap, seed)
    *best, best_flatters = _best_share(reached, profit_of)
    *whole, whole_flatters = _whole_groups(sums["group"] / n, sums["group_answers"], profit_of)
    nobody = np.zeros(len(reached))
    taken = {
        NOBODY: (nobody, nobody),
        EVERYBODY: (nobody + 1, reached[:, -1]),
        BEST: best,
        GROUPS: whole,
        RULE: (sums["rule"] / n, sums["rule_answers"]),
    }
    flattery = {BEST: best_flatters, GROUPS: whole_flatters}
    profit = {name: profit_of(answers, share) for name, (share, answers) in taken.items()}
    rows = []
    for name, (share, answers) in taken.items():
        over = {"over_everybody": profit[name] - profit[EVERYBODY], "over_groups": profit[name] - profit[GROUPS]}
        money = with_intervals({"profit": profit[name]} | over)
        letters = with_intervals({"share": share}) | {"mailed": n * share[0], "answers": answers[0]}
        rows.append({"plan": name, **letters, **money, "flattery": flattery.get(name, np.nan)})
    return pd.DataFrame(rows)


def spare_answers(plans: pd.DataFrame, margin: float) -> int:
    """Return how many who answered letters by RULE of `plans` may have bought anyway until nothing is left.

    >>> spare_answers(pd.DataFrame({"plan": [RULE], "profit": [206.0]}), margin=11)
    19
    """
    profit = plans.set_index("plan").loc[RULE, "profit"]
    return max(0, math.ceil(round(profit / margin, DIGITS)))


def _best_share(reached: np.ndarray, profit_of: Callable[..., np.ndarray]) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the share with the highest profit in each draw, its answers, and by how much the picking flatters."""
    profit, each = profit_of(reached, SHARES), np.arange(len(reached))
    picked = profit.argmax(axis=1)
    flattery = (profit[each, picked] - profit[0, picked])[1:].mean()
    return SHARES[picked], reached[each, picked], flattery


def _whole_groups(
    shares: np.ndarray, answers: np.ndarray, profit_of: Callable[..., np.ndarray]
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return what `_best_share` does of the groups that bring a profit in each draw; both are draws x groups."""
    profit = profit_of(answers, shares)
    pays = profit > 0
    flattery = ((profit - profit[0]) * pays).sum(axis=1)[1:].mean()
    return (shares * pays).sum(axis=1), (answers * pays).sum(axis=1), flattery
