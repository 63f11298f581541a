import json
from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.wine import examination, offers, sentences
from helpers.cases.wine.reader import WineOrders, read_wine
from helpers.datasets.notes import told
from helpers.errors import CasebookError, Unanswerable
from helpers.models.rules.mining import association_rules, frequent_itemsets
from tests.house import make_report

LIST = """Member_number,Date,itemDescription
1808,21-07-2015,tropical fruit
2552,05-01-2015,whole milk
1808,21-07-2015,bread
1808,22-07-2015,bread
2552,05-01-2015,bread
2552,05-01-2015,bread
"""
BASKETS = [{"tropical fruit", "bread"}, {"whole milk", "bread"}, {"bread"}]


def held(orders: WineOrders) -> list[set[str]]:
    bought = offers.baskets(orders)
    return [set(bought.columns[row]) for row in bought.to_numpy()]


def read(text: str, tmp_path: Path, **choices: object) -> WineOrders:
    (tmp_path / "list.csv").write_text(text)
    return read_wine(tmp_path / "list.csv", choices.pop("columns", {}), **choices)  # type: ignore[arg-type]


def test_a_list_gives_what_each_bought_on_a_day(tmp_path: Path) -> None:
    orders = read(LIST, tmp_path)
    assert held(orders) == BASKETS
    assert orders.audit["rows_after"].tolist() == [6, 5]
    assert "all that one customer bought on one day" in told()["detail"].tolist()
    assert offers.catalogue(orders).iloc[0].to_dict() == {
        "code": 1, "product": "bread", "buyers": 3, "buyers_share": 1.0
    }  # fmt: skip


def test_times_of_one_day_are_one_basket_and_without_days_all_of_a_customer_is(tmp_path: Path) -> None:
    times = LIST.replace("2015,", "2015 08:26,", 3).replace("2015,", "2015 17:10,")
    assert held(read(times, tmp_path)) == BASKETS
    without = "\n".join(",".join(line.split(",")[::2]) for line in LIST.splitlines())
    assert held(read(without, tmp_path)) == [{"tropical fruit", "bread"}, {"whole milk", "bread"}]


def test_the_number_of_an_order_goes_before_customer_and_day(tmp_path: Path) -> None:
    text = "Order ID,Date,Item,Member\n1,2024-01-02,tea,A\n1,2024-01-03,milk,A\n2,2024-01-02,tea,A\n"
    assert held(read(text, tmp_path)) == [{"tea", "milk"}, {"tea"}]
    own = {"order": "Bon", "product": "Artikel"}
    orders = read("Bon,Artikel\nB1,Tee\nB1,Milch\nB2,Tee\n", tmp_path, columns=own)
    assert held(orders) == [{"Tee", "Milch"}, {"Tee"}]


def test_what_is_missing_or_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match=r"column 'customer', row 3: an empty cell is not allowed"):
        read(LIST.replace("2552,05", ",05", 1), tmp_path)
    assert len(read(LIST.replace("2552,05", ",05", 1), tmp_path, unreadable=1).transactions) == 4
    with pytest.raises(CasebookError, match=r"no table of purchases.*lacks product"):
        read("Bon,Artikel\n1,Tee\n", tmp_path, columns={"order": "Bon"})
    with pytest.raises(CasebookError, match=r"no table of offers.*Without offers, rules are found in a text file"):
        read("name,town\nAnn,Rome\n", tmp_path)


def test_what_needs_offers_says_so(tmp_path: Path) -> None:
    orders = read(LIST, tmp_path)
    for ask in (
        offers.names_of_offers,
        lambda of: offers.baskets(of, "offer"),
        lambda of: offers.offers_by(of, ["month"]),
    ):
        with pytest.raises(Unanswerable, match="no offers are known"):
            ask(orders)
    assert sentences.on_orders(orders, offers.catalogue(orders)).startswith(
        "3 baskets with 3 different products were read; the median basket holds 2."
    )
    assert not orders.is_published


def test_the_doctor_tells_baskets(tmp_path: Path) -> None:
    (tmp_path / "baskets.txt").write_text("tea,milk\ntea\nmilk,tea,bread\n")
    values = {"columns": {}, "table": [], "decimal": None, "unreadable": 0, "top_k": 3}
    told_of = examination.examine_wine(values, tmp_path / "baskets.txt")
    assert not told_of.refused
    assert set(told_of.unanswered or {}) == {need.chapter for need in examination.needs(values)[1:]}
    assert told_of.facts[0] == "read: 3 baskets with 6 purchases"
    assert told_of.tables[0].first["basket"].tolist() == [1, 1, 2]


def test_the_doctor_knows_a_list_by_its_content(tmp_path: Path) -> None:
    lines = ["Mitglied;Tag;Ware", "M1;04.03.2022;Tee", "M1;04.03.2022;Milch", "M2;14.03.2022;Tee"]
    (tmp_path / "kasse.csv").write_text("\n".join(lines))
    values = {"columns": {}, "table": [], "decimal": None, "unreadable": 0, "top_k": 3}
    told_of = examination.examine_wine(values, tmp_path / "kasse.csv")
    assert not told_of.refused
    assert told_of.decided == {"customer": "Mitglied", "product": "Ware"} | {"date": "Tag"}
    assert told_of.facts[0] == "read: 2 baskets with 3 purchases"


def test_the_rules_of_groceries_are_those_of_arules(real_data) -> None:  # type: ignore[no-untyped-def]
    bought = offers.baskets(read_wine(real_data("groceries.csv"), {}))
    assert bought.shape == (9835, 169)
    found = association_rules(frequent_itemsets(bought, 0.006, 5), len(bought), 0.25)
    assert len(found) == 463
    found = association_rules(frequent_itemsets(bought, 0.001, 6), len(bought), 0.5)
    sizes = found["antecedents"].map(len).value_counts().sort_index() + 0
    assert sizes.tolist() == [11, 1461, 3211, 939, 46]


@pytest.mark.slow
def test_a_report_of_baskets_has_its_rules_and_says_what_it_lacks(tmp_path: Path) -> None:
    lines = ["tea,milk", "tea,milk,bread", "bread", "bread,beer", "beer"] * 40
    (tmp_path / "baskets.csv").write_text("\n".join(lines))
    folder = make_report("wine", tmp_path, {"data": tmp_path / "baskets.csv", "n_shuffles": 30, "n_bootstrap": 50})
    run = json.loads((folder / "run.json").read_text())
    assert [one["left_out"][0] for one in run["unanswered"]] == ["by_offer"]
    assert run["answer"] == "Buyers of milk took tea 2.5 times as often as all customers: the strongest link found."
    assert run["metrics"]["baskets"] == 200
    rules = pd.read_csv(folder / "tables" / "rules.csv")
    assert set(rules["antecedents"] + rules["consequents"]) >= {"milktea", "teamilk"}
