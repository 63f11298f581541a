from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.models.lifetime_value.baselines import MEASURES, MODEL, NAIVE, PREDICTORS, RECENT, SAME, compare_values
from helpers.sentences import lifetime_value as sentences
from helpers.wording import money

POUNDS = money("£")
ALIKE = "came out best alike"


def measures(**changes: dict[str, float]) -> pd.DataFrame:
    """Return a table in which the model is ahead of all others but for the changes, given as predictor_column."""
    rows = []
    for name in PREDICTORS:
        row: dict[str, float | str] = {"predictor": name, "total_predicted": 2000.0, "total_actual": 1000.0}
        values = {"total_ratio": 2.0, "mean_absolute_error": 20.0, "rank_correlation": 0.2, "top_share": 0.2}
        if name == MODEL:
            values = {"total_ratio": 1.05, "mean_absolute_error": 10.0, "rank_correlation": 0.4, "top_share": 0.4}
        base = {"total_ratio": 1.05, "mean_absolute_error": 10.0, "rank_correlation": 0.4, "top_share": 0.4}
        for measure in MEASURES:
            width = 0.1 * abs(values[measure])
            less = values[measure] - base[measure] if name != MODEL else np.nan
            row |= {
                measure: values[measure],
                f"{measure}_low": values[measure] - width,
                f"{measure}_high": values[measure] + width,
                f"{measure}_difference": less,
                f"{measure}_difference_low": less - 0.01,
                f"{measure}_difference_high": less + 0.01,
            }
        rows.append(row | {"best_top_share": 0.8} | changes.get(name, {}))
    return pd.DataFrame(rows)


def changed(predictor: str, **columns: float) -> pd.DataFrame:
    return measures(**{predictor: columns})


def test_a_naive_value_that_ranks_the_wrong_way_round_is_called_so() -> None:
    table = changed(NAIVE, rank_correlation=-0.18, rank_correlation_low=-0.2, rank_correlation_high=-0.15)
    said = sentences.on_ranking(table)
    assert "⟦−0.18 (95 % interval −0.20 to −0.15)⟧" in said
    assert "the wrong way round" in said
    assert "0.40 (95 % interval 0.36 to 0.44)" in said


def test_a_naive_value_that_ranks_well_or_says_nothing() -> None:
    assert "did go on to spend more" in sentences.on_ranking(measures())
    unsure = changed(NAIVE, rank_correlation_low=-0.1, rank_correlation_high=0.3)
    assert "cannot be told from these data" in sentences.on_ranking(unsure)
    assert "equal for all" in sentences.on_ranking(changed(NAIVE, rank_correlation=np.nan))


def test_the_scale() -> None:
    said = sentences.on_scale(changed(NAIVE, total_ratio=454.4), POUNDS)
    assert "⟦454 times⟧ the £1,000" in said
    assert "nobody spent" in sentences.on_scale(changed(NAIVE, total_actual=0.0), POUNDS)


def test_the_first_tenth() -> None:
    said = sentences.on_top_tenth(measures())
    assert "⟦40\xa0% (95 % interval 36\xa0% to 44\xa0%)⟧" in said
    assert "would have found 80\xa0%" in said
    assert "Nobody spent" in sentences.on_top_tenth(measures().assign(top_share=np.nan))


def test_totals_within_and_outside_of_chance() -> None:
    assert (
        "which chance may explain. None of the other forecasts of lifetime value comes nearer."
        in sentences.on_holdout_totals(measures())
    )
    off = changed(MODEL, total_ratio=1.5, total_ratio_low=1.4, total_ratio_high=1.6)
    assert "⟦not explained by chance⟧" in sentences.on_holdout_totals(off)
    off.loc[off["predictor"] == RECENT, "total_ratio"] = 0.9
    assert f"The nearest is the {RECENT}, with 0.90 times." in sentences.on_holdout_totals(off)


def test_a_lower_error_is_better_and_a_lower_correlation_is_not() -> None:
    assert sentences.on_rivals(measures()).count("⟦better⟧ by all three measures") == 3
    table = changed(RECENT, rank_correlation_difference_low=0.01, rank_correlation_difference_high=0.03)
    said = sentences.on_rivals(table)
    assert f"Against the {RECENT}, the model is ⟦better⟧ by mean absolute error and share" in said
    assert "⟦worse⟧ by rank correlation" in said
    unsure = changed(RECENT, mean_absolute_error_difference_low=-1.0, mean_absolute_error_difference_high=1.0)
    assert "not surely better or worse by mean absolute error" in sentences.on_rivals(unsure)
    assert "Where nobody spends anything" in sentences.on_rivals(measures().assign(total_actual=0.0))


def test_the_verdict() -> None:
    assert sentences.on_verdict(measures()) == (
        "By mean absolute error, rank correlation and share of the spend of the first 10\xa0%, the model of orders "
        f"and spend came out best, surely ahead of the {RECENT}."
    )
    ahead = {"rank_correlation": 0.5, "rank_correlation_difference_high": 0.1}
    better = changed(RECENT, **ahead, rank_correlation_difference_low=0.05)
    assert sentences.on_verdict(better) == (
        "By mean absolute error and share of the spend of the first 10\xa0%, the model of orders and spend came out "
        f"best, surely ahead of the {RECENT}; by rank correlation, the {RECENT} came out best, surely ahead of the "
        "model."
    )
    unsure = changed(RECENT, **ahead, rank_correlation_difference_low=-0.05)
    assert "came out best, not surely ahead of the model." in sentences.on_verdict(unsure)
    assert "No forecast can be preferred" in sentences.on_verdict(measures().assign(total_actual=0.0))
    level = changed(RECENT, rank_correlation=0.4)
    assert f"by rank correlation, the {MODEL} and the {RECENT} {ALIKE}" in sentences.on_verdict(level)
    unjudged = sentences.on_verdict(changed(MODEL, rank_correlation=np.nan))
    assert f"by rank correlation, the {RECENT} came out best, where not all can be judged" in unjudged
    unranked = sentences.on_verdict(measures().assign(rank_correlation=np.nan))
    assert "rank correlation" not in unranked
    assert SAME in PREDICTORS


def test_the_naive_value_beside_the_model() -> None:
    wrong = changed(NAIVE, rank_correlation=-0.18, rank_correlation_low=-0.2, rank_correlation_high=-0.15)
    said = sentences.on_naive_against_model(wrong)
    assert "ranks customers by their later spend the ⟦wrong way round⟧; the model of" in said
    assert "the model of orders and spend ranks them surely better." in said
    assert said.endswith("made 20\xa0% and 40\xa0% of that spend.")
    off = changed(MODEL, total_ratio=1.53, total_ratio_low=1.4, total_ratio_high=1.6)
    assert "expected ⟦1.5 times the spend that came⟧, so its amounts" in sentences.on_naive_against_model(off)
    assert "the right way round" in sentences.on_naive_against_model(measures())
    unsure = changed(NAIVE, rank_correlation_low=-0.1, rank_correlation_high=0.3)
    assert "in no sure direction" in sentences.on_naive_against_model(unsure)
    ahead = changed(NAIVE, rank_correlation_difference_low=0.1, rank_correlation_difference_high=0.2)
    assert "ranks them surely worse" in sentences.on_naive_against_model(ahead)
    assert "cannot be told" in sentences.on_naive_against_model(changed(NAIVE, rank_correlation=np.nan))


def test_a_cut_age_is_named_where_the_total_is_wrong() -> None:
    off = changed(MODEL, total_ratio=1.5, total_ratio_low=1.4, total_ratio_high=1.6)
    said = sentences.on_holdout_totals(off, 0.62)
    assert "⟦not explained by chance⟧. A possible cause: 62\xa0% of the customers are known to have ordered" in said
    assert (
        sentences.on_holdout_totals(off, 0.0)
        == sentences.on_holdout_totals(off, None)
        == sentences.on_holdout_totals(off)
    )
    fine = changed(MODEL, total_ratio_low=0.9, total_ratio_high=1.2)
    assert "possible cause" not in sentences.on_holdout_totals(fine, 0.62)


@pytest.mark.parametrize("n", [3, 40])
def test_every_sentence_can_be_said_of_few_customers(n: int) -> None:
    days = pd.date_range("2022-01-01", "2023-06-30", periods=4 * n)
    names = [f"c{i % n}" for i in range(4 * n)]
    orders = pd.DataFrame({"customer": names, "date": days, "value": np.arange(1.0, 4 * n + 1)})
    found = compare_values(orders, pd.Timestamp("2022-12-31"), pd.Timestamp("2023-06-30"), 1000, 20, 1)
    texts = [sentences.on_sample(found), sentences.on_scale(found.measures, POUNDS)]
    texts += [
        say(found.measures)
        for say in (
            sentences.on_ranking,
            sentences.on_top_tenth,
            sentences.on_holdout_totals,
            sentences.on_rivals,
            sentences.on_verdict,
            sentences.on_naive_against_model,
        )
    ]
    assert all("nan" not in text.split() for text in texts)
    assert ("So few say little." in texts[0]) == (n < 30)
    assert "drawn by chance from 9" in sentences.on_sample(replace(found, customers=900))
