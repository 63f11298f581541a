import pandas as pd

from helpers.cases.rfm.customers import beside_table, customer_table

NAMES = pd.Series({"p": "PEN", "q": "CUP", "r": "BOX"})


def test_every_customer_has_a_row_with_the_most_valuable_first() -> None:
    customers = pd.Index(["a", "b", "c"], name="customer")
    measures = {"recency": [1, 2], "frequency": [3, 4], "monetary": [1.0, 2.0]}
    rfm = pd.DataFrame(measures, index=customers[:2])
    values = pd.DataFrame({"expected_value": [5.0, 9.0], "expected_orders": 1.0}, index=customers[:2])
    lists = pd.DataFrame({"customer": ["b", "b", "a"], "rank": [2, 1, 1], "product": ["p", "q", "r"]})
    segments = pd.Series(["x", "y", "lapsed"], index=customers)
    table = customer_table(rfm, segments, values, lists, NAMES)
    assert table["customer"].tolist() == ["b", "a", "c"]
    assert table["products"].tolist()[:2] == ["CUP (q); PEN (p)", "BOX (r)"]
    assert table.iloc[2][["monetary", "expected_value", "products"]].isna().all()
    assert list(table) == ["customer", "segment", *measures, "expected_value", "products"]
    alive = customer_table(rfm, segments, values.assign(probability_alive=[0.5, 0.7]), lists, NAMES)
    assert alive["probability_alive"].tolist()[:2] == [0.7, 0.5]


def test_every_product_names_its_neighbours_in_their_order() -> None:
    rows = [("p", "q", 1, 0.5, 0.6), ("p", "r", 2, 0.256, 0.3), ("q", "p", 1, 0.75, 0.7)]
    pairs = pd.DataFrame(rows, columns=["product", "beside", "rank", "confidence", "similarity"])
    table = beside_table(pairs, NAMES)
    assert table.to_dict("list") == {
        "product": ["q", "p"],
        "name": ["CUP", "PEN"],
        "show_beside": ["PEN (75\u00a0%)", "CUP (50\u00a0%); BOX (26\u00a0%)"],
    }
