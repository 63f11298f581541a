import numpy as np
import pandas as pd
import pytest

from helpers.models.inference.bootstrap import draws
from helpers.models.recommenders.comparison import compare
from helpers.models.recommenders.trial import Trial

RIVALS = {"over_base": "base", "over_absent": "absent"}


def trial(n: int) -> Trial:
    """Return a trial in which each customer is judged twice, and a method hits at least what its rival does."""
    rng = np.random.default_rng(1)
    base = rng.random((2, n)) < 0.3
    more = base | (rng.random((2, n)) < 0.2)
    names = [f"c{i:03}" for i in rng.permutation(n)]
    users = pd.concat(
        pd.DataFrame({"offered": "new", "method": method, "customer": names, "hit": hits[time].astype(float)})
        for time in (0, 1)
        for method, hits in {"base": base, "more": more}.items()
    )
    methods = pd.DataFrame({"offered": "new", "method": ["base", "more"], "setting": "", "baseline": [True, False]})
    return Trial(users, methods.assign(winner=False), pd.DataFrame(), 3)


def test_intervals_and_paired_leads_by_definition() -> None:
    found = trial(400)
    table = compare(found, RIVALS, lambda n: draws(n, 4000, 1))
    assert table["method"].tolist() == ["more", "base"]
    rows, wide = table.set_index("method"), found.users.pivot_table(index="customer", columns="method", values="hit")
    lead = wide["more"] - wide["base"]
    for name, values in (("value", wide["more"]), ("over_base", lead)):
        error = 1.96 * values.std() / 20
        assert rows.loc["more", name] == pytest.approx(values.mean())
        assert rows.loc["more", f"{name}_low"] == pytest.approx(values.mean() - error, abs=0.005)
        assert rows.loc["more", f"{name}_high"] == pytest.approx(values.mean() + error, abs=0.005)
    assert (table["customers"] == 400).all()


def test_no_rival_leads_over_itself_and_none_over_who_does_not_compete() -> None:
    table = compare(trial(50), RIVALS, lambda n: draws(n, 20, 1)).set_index("method")
    assert table.loc["base", ["over_base", "over_base_low", "over_base_high"]].isna().all()
    assert table[["over_absent", "over_absent_low", "over_absent_high"]].isna().all(axis=None)


def test_one_customer_has_no_interval_and_nobody_no_row() -> None:
    alone = compare(trial(1), RIVALS, lambda n: draws(n, 20, 1))
    assert alone["value"].notna().all()
    assert alone[["value_low", "value_high", "over_base_low"]].isna().all(axis=None)
    found = trial(3)
    nobody = compare(Trial(found.users.head(0), found.methods, found.tested, 3), RIVALS, lambda n: draws(n, 20, 1))
    assert nobody.empty
    assert list(nobody) == list(alone)


def test_draws_may_come_in_parts() -> None:
    one = compare(trial(60), RIVALS, lambda n: draws(n, 100, 1))
    parts = compare(trial(60), RIVALS, lambda n: np.split(np.array(list(draws(n, 100, 1))), 4))
    pd.testing.assert_frame_equal(parts, one)
