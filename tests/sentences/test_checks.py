import numpy as np
import pytest

from helpers.sentences import checks
from helpers.verdicts import Check
from tests.plain_words import STATISTICS

RULES = [rule for rule in vars(checks).values() if isinstance(rule, Check)]


@pytest.mark.parametrize("rule", RULES, ids=[rule.question for rule in RULES])
def test_a_rule_asks_says_why_and_knows_all_three_verdicts(rule: Check) -> None:
    assert rule.question.endswith("?")
    assert rule.reason.endswith(".")
    middle, past = (rule.holds + rule.fails) / 2, rule.fails + (rule.fails - rule.holds)
    assert [rule.verdict(value) for value in (rule.holds, middle, past)] == ["holds", "with care", "fails"]


def test_a_lead_holds_where_its_interval_leaves_out_no_lead() -> None:
    rng = np.random.default_rng(1)
    verdicts = {}
    for lead in (-1.0, 0.1, 1.0):
        draws = rng.normal(lead, 0.3, 5000)
        low, high = np.quantile(draws, [0.025, 0.975])
        verdicts[lead] = checks.BEATS_SIMPLE.verdict(checks.lead_in_half_widths(draws.mean(), low, high))
    assert verdicts == {-1.0: "fails", 0.1: "with care", 1.0: "holds"}


@pytest.mark.parametrize(
    ("sizes", "verdict", "told"),
    [
        ([500, 120], "holds", "has 120 customers: enough to know a share of them to within ten points."),
        ([500, 60], "with care", "has 60 customers: enough to know a share of them roughly."),
        ([1, 60], "fails", "has 1 customer: too few to tell anything of."),
        ([], "fails", "no group"),
    ],
)
def test_the_smallest_group_is_said_to_be_as_large_as_it_is(sizes: list[int], verdict: str, told: str) -> None:
    value, line = checks.enough_advised(sizes)
    assert (value, checks.ENOUGH.verdict(value)) == (min(sizes, default=0), verdict)
    assert told in line.replace("\u00a0", " ")
    assert len(line.split()) <= 25
    assert not STATISTICS.search(line)
