import re

import numpy as np
import pandas as pd
import pytest

from helpers.cases.marketing import actions
from helpers.cases.marketing.actions import NO, TEST, YES
from helpers.models.prediction.targeting import plans
from helpers.wording import money, plain

DOLLARS = money("$")
COST, MARGIN = 3.0, 11.0
N = 400
CUSTOMERS = pd.Index([f"c{number}" for number in range(N)], name="customer")
CLUSTERS = pd.Series(np.repeat([1, 2, 3, 4], N // 4), CUSTOMERS)
SUMMARY = pd.DataFrame(
    {
        "cluster": [1, 2, 3, 4],
        "label": list("abcd"),
        "customers": N // 4,
        "priority": ["high", "low", "medium", "low"],
    }
)
FIRM = pd.DataFrame({"cluster": [1, 2, 3, 4], "verdict": ["stable", "doubtful", "stable", "stable"]})
PROBABILITY = pd.Series(np.repeat([0.6, 0.35, 0.2, 0.01], N // 4) + np.linspace(0, 1e-3, N), CUSTOMERS)


def answers(share: float = 1.0) -> pd.Series:
    """Return answers that come as often as was foretold, or at a share of that."""
    return (np.random.default_rng(1).random(N) < share * PROBABILITY).astype(int)


def mail_for(answered: pd.Series, cost: float = COST) -> tuple[actions.Letters, pd.DataFrame]:
    planned = plans(answered, PROBABILITY, CLUSTERS, cost, MARGIN, 100, 1)
    return actions.letters(PROBABILITY, answered, planned, cost, MARGIN), planned


def test_letters_go_where_they_pay_and_as_a_test_where_they_did_not_surely() -> None:
    mail, _ = mail_for(answers())
    assert mail.sure
    assert mail.table["write"].eq(np.where(PROBABILITY > COST / MARGIN, YES, NO)).all()
    assert mail.table["expected_profit"].to_numpy() == pytest.approx(MARGIN * PROBABILITY - COST)
    weak, _ = mail_for(answers(0.5))
    assert not weak.sure
    assert set(weak.table["write"]) == {TEST, NO}
    assert weak.table["write"].eq(NO).equals(mail.table["write"].eq(NO))
    nobody, _ = mail_for(answers(), cost=MARGIN)
    assert nobody.table["write"].eq(NO).all()
    assert nobody.few == mail.few == weak.few == 0


def test_too_few_for_a_test_are_not_written_to() -> None:
    cost = float(MARGIN * PROBABILITY.nlargest(11).iloc[-1])
    mail, _ = mail_for(answers(0.5), cost)
    assert (mail.few, mail.sure) == (10, False)
    assert mail.table["write"].eq(NO).all()
    table = actions.cluster_actions(SUMMARY, CLUSTERS, answers(0.5), mail, FIRM, DOLLARS)
    assert plain(actions.on_letters(mail, table)).endswith(": a letter may pay for 10, too few to test.")


def test_beside_each_chance_stands_what_came_of_those_about_as_likely() -> None:
    answered = answers()
    table = mail_for(answered)[0].table
    assert table["like"].eq(40).all()
    tenth = np.ceil(PROBABILITY.rank(pct=True) * 10)
    assert table["like_answered"].to_dict() == answered.groupby(tenth).transform("mean").to_dict()


def test_every_customer_has_a_verdict_a_reason_and_a_method_and_stands_by_expected_profit() -> None:
    mail, _ = mail_for(answers())
    intervals = pd.DataFrame({"prediction": [5.0, 6.0], "low": 1.0, "high": 9.0}, index=CUSTOMERS[:2])
    features = pd.DataFrame({"spent": 1.0}, index=CUSTOMERS)
    table = actions.customer_table(features, SUMMARY, CLUSTERS, intervals, mail, "trees: 90 % of pairs")
    assert list(table)[:5] == ["customer", "write", "probability", "expected_profit", "reason"]
    assert len(table) == N
    assert table["expected_profit"].is_monotonic_decreasing
    assert table["write"].eq(YES).equals(table["expected_profit"] > 0)
    assert table["reason"].str.match(r"\d+\W% of the 40 in the same tenth answered, (not )?above the 27.3").all()
    assert table["method"].eq("trees: 90 % of pairs").all()
    assert table["spending_predicted"].notna().sum() == 2
    observed = table["reason"].str.extract(r"^(\d+)")[0].astype(float) > 27
    writes = table["write"].eq(YES)
    assert (table["reason"].str.endswith("own chance is") == (~observed & writes)).all()
    assert (table["reason"].str.endswith("own chance is not") == (observed & ~writes)).all()


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_the_action_of_a_cluster_counts_the_letters_of_its_customers(share: float) -> None:
    answered = answers(share)
    mail, _ = mail_for(answered)
    table = actions.cluster_actions(SUMMARY, CLUSTERS, answered, mail, FIRM, DOLLARS).set_index("cluster")
    assert table["letters"].tolist() == [100, 100, 0, 0]
    assert table["expected_profit"].sum() == pytest.approx(mail.table["expected_profit"].clip(lower=0).sum())
    assert table["answered"].tolist() == answered.groupby(CLUSTERS).mean().tolist()
    assert (
        table["action"].str.startswith("Write to" if mail.sure else "Test letters on").tolist()
        == [True] * 2 + [False] * 2
    )
    assert table["action"].str.startswith("No letters").tolist() == [False] * 2 + [True] * 2
    assert table["action"].str.contains("may not be found again").tolist() == [False, True, False, False]
    assert table["action"].str.contains("good service").tolist() == [True, False, False, False]
    said = plain(actions.on_letters(mail, table.reset_index())).replace("\u00a0", " ")
    assert said.startswith(
        "Write to 200 of 400" if mail.sure else "Write to nobody yet, and test letters on 200 of 400"
    )
    assert "100 in cluster 1 and 100 in cluster 2; nobody in clusters 3 and 4." in said


def test_where_no_letter_pays_nobody_is_written_to() -> None:
    answered = answers()
    mail, _ = mail_for(answered, cost=MARGIN)
    table = actions.cluster_actions(SUMMARY, CLUSTERS, answered, mail, FIRM, DOLLARS)
    assert table["action"].str.startswith("No letters").all()
    assert plain(actions.on_letters(mail, table)) == "Write to nobody: for no customer is a letter expected to pay."


def test_what_is_not_proved_is_to_be_tested_with_numbers() -> None:
    features = pd.DataFrame({"recency": np.arange(N) % 100}, index=CUSTOMERS)
    for share, asked in ((1.0, "Would those who answer have bought anyway?"), (0.5, "Do letters pay?")):
        mail, _ = mail_for(answers(share))
        table = actions.cluster_actions(SUMMARY, CLUSTERS, answers(share), mail, FIRM, DOLLARS)
        said = [plain(text).replace("\u00a0", " ") for text in actions.tests_to_make(features, table, mail, DOLLARS)]
        assert len(said) == 2
        assert said[0].startswith(asked)
        assert "half of the 200 customers who get no letter" in said[-1]
        assert re.search(r"After 4 weeks, .* A rise from 28 % to \d+ %", said[-1])
    assert "half of the 200 customers for whom a letter may pay" in said[0]
    assert said[0].endswith("The letters cost $300, and pay only from 55 % who buy.")
