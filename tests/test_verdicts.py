import pytest

from helpers.verdicts import Check, Verdict

LARGE_IS_GOOD = Check("Enough?", "customers", holds=100, fails=30, reason="")
SMALL_IS_GOOD = Check("Chance?", "p-value", holds=0.01, fails=0.05, reason="")


@pytest.mark.parametrize(
    ("rule", "value", "verdict"),
    [
        (LARGE_IS_GOOD, 100, "holds"),
        (LARGE_IS_GOOD, 99, "with care"),
        (LARGE_IS_GOOD, 30, "with care"),
        (LARGE_IS_GOOD, 29, "fails"),
        (SMALL_IS_GOOD, 0.01, "holds"),
        (SMALL_IS_GOOD, 0.05, "with care"),
        (SMALL_IS_GOOD, 0.051, "fails"),
        (LARGE_IS_GOOD, float("nan"), "fails"),
        (SMALL_IS_GOOD, float("nan"), "fails"),
    ],
)
def test_the_limits_themselves_are_on_the_good_side(rule: Check, value: float, verdict: Verdict) -> None:
    assert rule.verdict(value) == verdict
