import numpy as np
import pandas as pd
import pytest

from helpers.cases.rfm import lists
from helpers.cases.rfm.lists import BESIDE_LAST, LATELY, OWN_POPULAR, POPULAR
from helpers.cases.rfm.naming import BEST, FAVOURITES, FIRST_ORDER, LAST_ORDER, read_segmentation
from helpers.cases.rfm.offers import (
    Kind,
    customers_of_one_order,
    hit_rates,
    hits_of_all,
    kinds_of_lists,
    lists_for,
    why,
)
from helpers.models.recommenders.interactions import known_before
from helpers.models.recommenders.methods import ALL, NEW
from helpers.models.recommenders.trial import Trial, choose
from tests.models.recommenders.shops import FEW, UNTIL, purchases

WAYS = [*lists.collaborative(1), *lists.without_learning_from_others(1)]
SEGMENTATION = read_segmentation()
TUNING = pd.DataFrame({"offered": [NEW, NEW, ALL, ALL], "method": [POPULAR, LATELY] * 2, "ndcg": [0.1, 0.2] * 2})
BY_NAME = {way.name: way for way in WAYS}
KINDS = {
    BEST: Kind(BY_NAME["similar customers"], NEW),
    FIRST_ORDER: Kind(BY_NAME[LATELY], NEW),
    LAST_ORDER: Kind(BY_NAME[BESIDE_LAST], NEW),
    FAVOURITES: Kind(BY_NAME[OWN_POPULAR], ALL),
}


def trial_of(hits: dict[str, tuple[float, float]], n: int) -> tuple[Trial, pd.Series]:
    """Return a trial in which n customers of each segment are hit so often by their list, and by a simple one."""
    rng, rows, segments = np.random.default_rng(1), [], {}
    for name, rates in hits.items():
        kind = KINDS[SEGMENTATION.efforts[name].show]
        for i in range(n):
            segments[f"{name}{i}"] = name
            for method, rate in dict(zip((kind.method.name, LATELY), rates, strict=True)).items():
                rows.append((kind.offered, method, f"{name}{i}", 0.1 * (rng.random() < rate)))
    users = pd.DataFrame(rows, columns=["offered", "method", "customer", "precision"])
    return Trial(users, pd.DataFrame(), pd.DataFrame(), 10), pd.Series(segments)


def test_what_is_planted_is_better_and_what_is_alike_is_not() -> None:
    rates = {"VIPs": (0.8, 0.3), "Regulars": (0.4, 0.4), "Need to focus": (0.2, 0.6), "lapsed": (0.9, 0.5)}
    made, segments = trial_of(rates, 100)
    table = hit_rates(made, KINDS, TUNING, SEGMENTATION, segments).set_index("segment")
    assert table.index.tolist() == list(SEGMENTATION.efforts)
    assert table["better"].to_dict() == {name: name in ("VIPs", "lapsed") for name in table.index}
    for name, (own, simple) in rates.items():
        row = table.loc[name]
        assert (row["hit_rate"], row["simple_rate"]) == (
            pytest.approx(own, abs=0.12),
            pytest.approx(simple, abs=0.12),
        )
        assert row["low"] < row["hit_rate"] < row["high"]
    assert table.loc["Hibernating", "customers"] == 0
    assert np.isnan(table.loc["Hibernating", "hit_rate"])


def test_the_hits_of_all_count_each_customer_once() -> None:
    rates = pd.DataFrame({"customers": [30, 10, 0], "hits": [15, 10, 0], "simple_rate": [0.2, 0.6, np.nan]})
    assert hits_of_all(rates) == {"own": 0.625, "simple": 0.3}
    assert np.isnan(hits_of_all(rates.tail(1))["own"])


def test_in_noise_no_list_is_called_better_in_more_than_one_shop_of_twenty() -> None:
    """Measured over 200 shops: 0.5 % (the sign test is cautious)."""
    rng = np.random.default_rng(7)
    false = 0
    for _ in range(40):
        made, segments = trial_of(dict.fromkeys(SEGMENTATION.efforts, (0.5, 0.5)), 25)
        shuffled = made.users.assign(precision=rng.random(len(made.users)).round())
        false += hit_rates(Trial(shuffled, made.methods, made.tested, 10), KINDS, TUNING, SEGMENTATION, segments)[
            "better"
        ].any()
    assert false <= 2


def test_the_list_of_each_customer_is_of_the_kind_that_the_action_names() -> None:
    today = known_before(FEW, pd.Timestamp("2011-07-01"))
    shown = pd.Series({"ann": FAVOURITES, "ben": LAST_ORDER, "cay": FIRST_ORDER, "eve": BEST})
    made = lists_for(today, KINDS, shown, 2)
    own = made.groupby("customer")["product"].agg(list).to_dict()
    assert sorted(own) == ["ann", "ben", "cay", "eve"]
    assert own["ann"] == ["pen", "ink"]
    for name in ("ben", "cay", "eve"):
        assert not set(own[name]) & set(FEW.loc[FEW["customer"] == name, "product"])


def test_each_line_says_why_by_which_method_and_how_such_lists_did() -> None:
    made, then = trial_of({"VIPs": (1.0, 0.0), "Regulars": (0.0, 0.0)}, 100)
    few, segments_of_few = trial_of({"Need to focus": (1.0, 0.0)}, 5)
    users = pd.concat([made.users, few.users])
    rates = hit_rates(
        Trial(users, made.methods, made.tested, 10), KINDS, TUNING, SEGMENTATION, pd.concat([then, segments_of_few])
    )
    segments = pd.Series({"a": "VIPs", "b": "Need to focus", "c": "Potential loyalists", "d": "Good old friends"})
    shown = segments.map({name: effort.show for name, effort in SEGMENTATION.efforts.items()})
    last = pd.Series(pd.Timestamp("2011-05-03"), list("abc"))
    table = why(segments, shown, KINDS, rates, last)
    assert table.loc["b"].tolist() == ["goes with the order of 3 May 2011", LAST_ORDER, BESIDE_LAST, 1.0]
    assert table.loc["a", ["method", "hit_rate"]].tolist() == ["similar customers", 1.0]
    assert table.loc["c", "hit_rate"] == 0.5  # of all who get such a list, since none of the segment was judged
    assert np.isnan(table.loc["d", "hit_rate"])
    assert table.loc["d", "reason"] == ""


def test_kinds_follow_what_was_chosen_and_one_order_is_counted_before_a_day() -> None:
    assert customers_of_one_order(FEW, UNTIL).tolist() == ["ben", "cay", "dan"]
    more = purchases("dan pen 2011-05-10 9", "cay jar 2011-05-20 8", "ben jar 2011-05-25 7", "ann cup 2011-05-28 6")
    tried = lists.tried(pd.concat([FEW, more]), pd.Timestamp("2011-05-15"), 30, WAYS, 2)
    tuning = choose(tried)
    kinds = kinds_of_lists(WAYS, tuning, lists.choice_among(tried, tuning, pd.Index(["ben"])), NEW)
    assert list(kinds) == [BEST, FIRST_ORDER, LAST_ORDER, FAVOURITES]
    assert kinds[BEST].method.name == tuning.loc[tuning["winner"] & (tuning["offered"] == NEW), "method"].iloc[0]
    assert (kinds[LAST_ORDER].method.name, kinds[FAVOURITES].method.name) == (BESIDE_LAST, OWN_POPULAR)
    assert {name: kind.offered for name, kind in kinds.items()} == dict.fromkeys(kinds, NEW) | {FAVOURITES: ALL}
