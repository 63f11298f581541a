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


RECENCY = pd.Series(np.arange(N) % 100, CUSTOMERS)  # 28 of 100 bought within four weeks
LATELY = RECENCY // 2


def mail_for(
    answered: pd.Series, cost: float = COST, recency: pd.Series = RECENCY
) -> tuple[actions.Letters, pd.DataFrame]:
    planned = plans(answered, PROBABILITY, CLUSTERS, cost, MARGIN, 100, 1)
    customers = pd.DataFrame({"response": answered, "recency": recency})
    return actions.letters(PROBABILITY, customers, planned, cost, MARGIN), planned


def test_letters_go_where_they_pay_and_as_a_test_where_they_did_not_surely() -> None:
    mail, _ = mail_for(answers())
    assert mail.sure
    assert mail.pays
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


def test_where_as_many_may_buy_anyway_as_leave_nothing_letters_are_to_be_tested() -> None:
    answered = answers()
    mail, planned = mail_for(answered, recency=LATELY)
    came = int(answered[:200].sum())
    spare = -((600 - 11 * came) // 11)
    assert (mail.sure, mail.undone, mail.pays) == (True, True, False)
    assert (mail.anyway, mail.spare) == (0.56, spare / came)
    assert set(mail.table["write"]) == {TEST, NO}
    said = plain(actions.on_anyway(mail, planned, MARGIN, DOLLARS)).replace("\u00a0", " ")
    assert f"If {spare} of the {came} customers who answered ({spare / came:.0%}".replace("%", " %") in said
    assert "56 % buy within 4 weeks without one (their last purchase was under 28 days ago, and no letter" in said
    assert "behind it): as many or more. That" in said
    assert said.endswith("That a letter costs $3 and an answer brings $11 is assumed, not measured.")
    table = actions.cluster_actions(SUMMARY, CLUSTERS, answered, mail, FIRM, DOLLARS)
    assert table["action"].str.startswith("Test letters on").tolist() == [True, True, False, False]
    assert plain(actions.on_letters(mail, table)).startswith("Test letters on 200 of 400 customers: 100 in")


@pytest.mark.parametrize(("share", "beside"), [(0.28, "clearly fewer"), (0.36, "about as many")])
def test_how_many_buy_anyway_is_told_beside_how_many_may(share: float, beside: str) -> None:
    recency = pd.Series(np.where(np.arange(N) % 100 < 100 * share, 0, 50), CUSTOMERS)
    mail, planned = mail_for(answers(), recency=recency)
    assert mail.anyway < mail.spare
    assert mail.pays == (beside == "clearly fewer")
    assert f": {beside}. That" in actions.on_anyway(mail, planned, MARGIN, DOLLARS)
    none, planned = mail_for(answers(0.1), recency=recency)
    assert actions.on_anyway(none, planned, MARGIN, DOLLARS) == ""


def test_whether_the_order_of_the_list_means_anything_is_told() -> None:
    mail, _ = mail_for(answers())
    assert "Among the 200 for whom a letter may pay, likelier customers did answer more often: of one who" in (
        actions.on_order(mail, answers())
    )
    by_chance = pd.Series(np.arange(N) % 2, CUSTOMERS)
    said = actions.on_order(mail, by_chance)
    assert "⟦their order is not shown to mean anything⟧" in said
    assert said.endswith("the first stands higher in 50\u00a0% of the pairs, which may be chance.")
    assert "not shown to mean" in actions.on_order(mail, (PROBABILITY.iloc[:200].median() > PROBABILITY).astype(int))
    assert actions.on_order(mail, by_chance * 0) == ""


def test_a_few_letters_are_no_advice_for_a_group() -> None:
    moved = CLUSTERS.where(np.arange(N) >= 3, 4)
    mail, _ = mail_for(answers())
    summary = SUMMARY.assign(customers=moved.value_counts().sort_index().to_numpy())
    table = actions.cluster_actions(summary, moved, answers(), mail, FIRM, DOLLARS)
    assert table["letters"].tolist() == [97, 100, 0, 3]
    assert table["action"].iloc[3] == (
        "No letters to the group: one may pay for 3 of 103 only, whom the list of customers names. No further action."
    )


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
    for share, recency, asked in ((1.0, LATELY, "Would those who answer"), (0.5, RECENCY, "Do letters pay?")):
        mail, _ = mail_for(answers(share), recency=recency)
        features = pd.DataFrame({"recency": recency})
        table = actions.cluster_actions(SUMMARY, CLUSTERS, answers(share), mail, FIRM, DOLLARS)
        said = [plain(text).replace("\u00a0", " ") for text in actions.tests_to_make(features, table, mail, DOLLARS)]
        assert len(said) == 2
        assert said[0].startswith(asked)
        assert "half of the 200 customers who get no letter" in said[-1]
        assert f"A rise from {56 if share == 1 else 28} % to" in said[-1]
    assert "half of the 200 customers for whom a letter may pay" in said[0]
    assert said[0].endswith("The letters cost $300, and pay only from 55 % who buy.")
    mail, _ = mail_for(answers())
    assert mail.pays
    (deals,) = actions.tests_to_make(pd.DataFrame({"recency": RECENCY}), table, mail, DOLLARS)
    assert deals.startswith("Do deals")
