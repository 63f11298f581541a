import numpy as np
import pandas as pd

from helpers.models.experiments.impact import Impact, simulate_impact
from helpers.models.experiments.power import CONVERSION, REVENUE
from helpers.sentences import experiments as sentences
from helpers.wording import money

POUNDS = money("£")


def impact(
    acceptance: float = 0.1, target: float = 0.1, price: float = 50.0, n: int = 400, hit: float = 0.4
) -> Impact:
    """Return an impact of buyers of 100 each, of whom a share of `hit` gets a hit; a quarter of all buy."""
    orders = (np.arange(n) % 4 == 0).astype(int)
    hits = (orders > 0) & (np.arange(n) // 4 % 10 < 10 * hit)
    table = pd.DataFrame({"orders": orders, "amount": 100.0 * orders, "hit": hits})
    return simulate_impact(table.assign(price=np.where(hits, price, np.nan)), 3, acceptance, target, 200, 1)


def sizes(weeks: float = 20.0, customers: float = 900.0) -> pd.DataFrame:
    rows = [(CONVERSION, 0.1, customers, weeks), (REVENUE, 0.1, 2 * customers, weeks), (REVENUE, 0.3, 80.0, 8.0)]
    return pd.DataFrame(rows, columns=["outcome", "effect", "customers", "weeks"])


def test_what_was_measured() -> None:
    said = sentences.on_measured(impact(), POUNDS)
    assert "Of 400 customers in the audience, ⟦100⟧ bought in the weeks after, 25\xa0% (" in said
    assert "spent £100 (£100 to £100) on average" in said
    assert "For 40\xa0% (" in said
    assert "one of 3 offers was among what they bought, at a price of £50 (" in said
    assert "So few" in sentences.on_measured(impact(n=40), POUNDS)
    assert "at a price" not in sentences.on_measured(impact(hit=0.0), POUNDS)


def test_hits_are_not_counted_as_gain() -> None:
    said = sentences.on_not_incremental(impact())
    assert "The hits (40\xa0% of those who bought) were bought without any offer" in said
    assert "an assumption here" in said


def test_the_gain_at_the_assumed_acceptance() -> None:
    said = sentences.on_gain(impact(acceptance=0.25))
    assert "If 25\xa0% of the relevant offers" in said
    assert "⟦5.0\xa0% (" in said
    assert "is reached in 0\xa0% of the simulated draws" in said


def test_what_it_takes() -> None:
    assert "takes an incremental acceptance of ⟦50\xa0%⟧" in sentences.on_needed(impact())
    assert "that is of 20\xa0% of the customers who buy" in sentences.on_needed(impact())
    beyond = sentences.on_needed(impact(target=0.5))
    assert "⟦cannot be reached⟧" in beyond
    assert "would rise by 20.0\xa0%" in beyond
    within = sentences.on_needed(impact(target=0.21))
    assert "takes more than that every relevant offer is accepted; within the 95 % interval" in within
    assert "more than all" in sentences.on_needed(impact(target=0.19))
    assert "No offer was relevant to anyone" in sentences.on_needed(impact(hit=0.0))
    assert "The relevant offers cost nothing" in sentences.on_needed(impact(price=0.0))


def test_plausibility() -> None:
    assert "⟦is not plausible⟧" in sentences.on_plausibility(impact(acceptance=0.1))
    assert "⟦is plausible⟧" in sentences.on_plausibility(impact(acceptance=0.9))
    assert "⟦is uncertain⟧" in sentences.on_plausibility(impact(acceptance=0.5))
    assert "cannot be told from 40 customers, of whom 10 bought" in sentences.on_plausibility(impact(n=40))
    one = simulate_impact(
        pd.DataFrame({"orders": [1], "amount": [9.0], "hit": [True], "price": [2.0]}), 1, 0.1, 0.1, 9, 1
    )
    assert "from 1 customer, of whom 1 bought" in sentences.on_plausibility(one)
    texts = [
        sentences.on_measured(one, POUNDS),
        sentences.on_gain(one),
        sentences.on_needed(one),
        sentences.on_not_incremental(one),
    ]
    assert all("–" not in text and "nan" not in text for text in texts)
    assert "the offer was among" in texts[0]


def test_the_size_of_the_test() -> None:
    said = sentences.on_size_of_test(sizes(), 0.1)
    assert "to find a rise of 10\xa0% in the share who buy, it takes ⟦900 customers⟧ and about ⟦20 weeks⟧" in said
    assert "⟦1,800 customers⟧" in said
    assert "nobody joins" in sentences.on_size_of_test(sizes(weeks=np.inf), 0.1)
    long = sentences.on_size_of_test(sizes(weeks=900.0), 0.1)
    assert "which would take more than 104 weeks: ⟦not feasible⟧ with this audience" in long
    assert "900 weeks" not in long
    assert "⟦104 weeks⟧" in sentences.on_size_of_test(sizes(weeks=104.0), 0.1)
    assert "no size of test can be told" in sentences.on_size_of_test(sizes(customers=np.nan, weeks=np.nan), 0.1)


def test_the_advice() -> None:
    assert "too few for any effect that was tried" in sentences.on_test_advice(sizes(), 50)
    said = sentences.on_test_advice(sizes(), 1000)
    assert "to find a rise of 10\xa0% in the share who buy or a rise of 30\xa0% in the revenue per customer" in said
    hopeless = sentences.on_test_advice(sizes(weeks=900.0).head(2), 50)
    assert "none is feasible with this audience" in hopeless


def test_nobody_who_bought() -> None:
    for n in (0, 1, 50):
        table = pd.DataFrame({"orders": [0] * n, "amount": [0.0] * n, "hit": [False] * n, "price": [np.nan] * n})
        found = simulate_impact(table, 3, 0.1, 0.1, 9, 1)
        assert "nobody bought in the weeks after" in sentences.on_measured(found, POUNDS)
        assert "cannot be told" in sentences.on_plausibility(found)
        for say in (sentences.on_not_incremental, sentences.on_gain, sentences.on_needed):
            assert say(found) == sentences.UNTOLD
    assert "No size of a test" in sentences.on_test_advice(sizes(np.nan, np.nan).head(2), 5)


def test_a_test_is_advised_with_what_it_would_find() -> None:
    told = sentences.on_advised_test("guests", 2 * 388, 0.5, 1)
    assert "half of the 776 guests" in told
    assert "After 1 week, compare the share who buy" in told
    assert "from 50\u00a0% to 60\u00a0%" in told
    assert "too few for a test" in sentences.on_advised_test("guests", 20, 0.5, 4)
    assert "only a much larger audience" in sentences.on_advised_test("guests", 40, 0.97, 4)
    assert "the share who answer" in sentences.on_advised_test("guests", 400, 0.1, 4, "who answer")
