import pandas as pd

from helpers.cases.health.sponsorship import network_customers


def test_a_starter_is_who_bought_one_item_once_for_the_common_amount() -> None:
    view = pd.DataFrame(
        {
            "total_amount": [100, 100, 90, 100, 500],
            "frequency": [1, 1, 1, 2, 9],
            "total_quantity": [1, 1, 1, 1, 20],
            "visit_centres": [1, 1, 2, 1, 3],
        },
        index=list("abcde"),
    )
    table = network_customers(
        view, pd.Series("x", view.index), [view.loc[["a"]], view.loc[["e"]]], view.loc[["b", "e"]]
    )
    assert table["starter_only"].to_dict() == {"a": True, "b": True, "c": False, "d": False, "e": False}
    assert table["active"].tolist() == [False, True, False, False, True]
    assert table["before"].tolist() == [True, False, False, False, True]
    assert table["revenue"].sum() == 890
