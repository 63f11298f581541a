import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.dates import AS_WRITTEN, SWAPPED, UNREADABLE
from helpers.cases.health.pricing import ALONE, COLUMNS, WITH_OTHERS
from helpers.cases.health.product_json import MALFORMED, TWICE
from helpers.cases.health.sentences import (
    on_amounts_by_centre,
    on_cleaning,
    on_dates,
    on_empty,
    on_excluded_years,
    on_main_centres,
    on_payers,
    on_prices,
    on_products,
    on_seen_before,
    on_segments,
    on_zeros,
)
from helpers.cases.health.summary import centre_association, segment_sizes
from helpers.wording import money
from tests.cases.health.test_summary import NAMES, SEGMENTS, SIZES, VIEW, by_centre, each

ROWS = [
    ("A", 100.0, 90.0, 110.0, 40, 0.9, ALONE),
    ("B", 50.0, 50.0, 50.0, 9, 1.0, ALONE),
    ("C", 70.0, 60.0, 80.0, 30, 0.4, WITH_OTHERS),
    ("D", 10.0, np.nan, np.nan, 2, 0.5, WITH_OTHERS),
]
PRICES = pd.DataFrame(ROWS, columns=["product", "price", "low", "high", "transactions", "agreeing_share", "method"])


def test_cleaning() -> None:
    audit = pd.DataFrame({"step": ["read", "x dropped"], "rows_before": [1000, 1000], "rows_after": [1000, 900]})
    assert on_cleaning(audit) == "⟦90\u00a0%⟧ of the 1,000 rows can be used. Most of the others are x (100)."
    assert on_cleaning(audit.head(1)) == "⟦100\u00a0%⟧ of the 1,000 rows can be used."


def test_products() -> None:
    faults = pd.DataFrame({"fault": [TWICE, MALFORMED], "rows": [3, 1]})
    assert (
        on_products(faults)
        == "4 product lists cannot be used and are set aside: a product twice (3) and no JSON object (1)."
    )
    assert on_products(faults.tail(1)).startswith("1 product list cannot be used and is set aside")
    assert "Every product list" in on_products(faults.head(0))


def test_dates() -> None:
    dates = pd.DataFrame({"dating": [AS_WRITTEN, SWAPPED, UNREADABLE], "rows": [97, 2, 1]})
    assert on_dates(dates) == (
        "Dates: 2 dates with day and month swapped put right and 1 date not readable and set aside; the other "
        "97.0\u00a0% were read as they stand."
    )
    assert on_dates(dates.head(1)) == "Every date was read as it stands."


def test_excluded_years() -> None:
    months = pd.DataFrame({"year": [2021, 2021, 2022], "month": [11, 12, 1], "rows": [5, 0, 5]})
    assert on_excluded_years(months, [2021]) == "Months without a row lie in 2021 (December). Left out: 2021."
    assert "2021 stayed in despite the gap." in on_excluded_years(months, [])
    assert "2022 has no gap and was left out all the same." in on_excluded_years(months, [2021, 2022])
    assert on_excluded_years(months.tail(1), []) == (
        "No month between the first and the last is without a row. No year is left out."
    )


def test_zeros_and_payers() -> None:
    zeros = pd.DataFrame({"column": ["discount", "paid_amt"], "rows": [5, 0], "rows_share": [0.05, 0.0]})
    assert on_zeros(zeros) == "An empty cell was read as zero for discount of 5 transactions (5.0\u00a0%)."
    assert on_zeros(zeros.tail(1)) == "No empty cell had to be read as zero."
    payers = pd.DataFrame([{"members": 1000, "buyers": 500, "payers": 80, "payers_share": 0.08, "paid_share": 0.09}])
    assert "80 of 1,000 members (8\u00a0%) ever paid more than zero" in on_payers(payers)
    low = on_payers(payers).replace("\u00a0", " ")
    assert low.endswith("90 % would be needed to go by what was paid, so customers are measured by the total amount.")
    assert "so customers" not in on_payers(payers.assign(paid_share=0.9))
    assert "Paid amounts would do too" in on_payers(payers.assign(paid_share=0.9))


def test_the_segments_in_the_order_of_their_amounts() -> None:
    words = on_segments(SIZES).replace("\u00a0", " ")
    assert words.startswith(
        "5 customers fall into 2 segments. ⟦big⟧ are 40 % of them, with 18 % of the sales. ⟦small⟧"
    )
    assert "A customer of big spends 0.44 times what the average customer spends." in words  # 350 of 800
    assert "1 customer (20 % of all, with 75 % of the amount) is set aside and in no segment." in words
    assert words.endswith("Fewer than 30 customers each: big and small. Means of so few tell little.")


def test_the_segment_with_the_highest_mean_is_told_and_not_the_largest() -> None:
    table = SIZES.head(2).assign(segment=["many", "few"], customers=[90, 10], amount=[100.0, 600.0])
    assert "A customer of few spends 4 times what the average" in on_segments(table)


def test_a_single_segment_is_not_compared_and_none_is_said_to_be_none() -> None:
    alone = on_segments(SIZES.head(1))
    assert "average customer" not in alone
    assert "set aside" not in alone
    assert on_segments(SIZES.tail(1)) == "No customer is in a segment."
    free = on_segments(segment_sizes(VIEW.assign(total_amount=0), SEGMENTS, NAMES))
    assert "times" not in free
    assert "with 0\u00a0% of the sales" in free


def test_many_customers_are_not_said_to_be_few() -> None:
    assert "Fewer" not in on_segments(SIZES.head(2).assign(customers=[30, 31]))


def test_the_prices_are_counted_by_where_they_are_from() -> None:
    words = on_prices(PRICES).replace("\u00a0", " ")
    assert words == (
        "Of 4 products, 2 have a price from being bought alone and 2 from least squares on transactions with other "
        "products. For 1 product the transactions do not tell it, and its price has no interval. At the median "
        "product, 70.0 % of the transactions that its price is from agree with the prices to within 0.5 %. For 1 "
        "product fewer than half of them agree: its price changed or is doubtful."
    )
    sure = on_prices(PRICES.head(1))
    assert sure.startswith("Of 1 product, 1 has a price")
    assert "Every price has an interval." in sure
    assert "doubtful" not in sure
    unseen = PRICES.head(1).assign(transactions=0, agreeing_share=0.0, low=np.nan)
    assert "agree" not in on_prices(unseen)
    assert on_prices(pd.concat([PRICES.head(1), unseen])).endswith("agree with the prices to within 0.5\u00a0%.")
    assert on_prices(pd.DataFrame(columns=COLUMNS)) == "No product was sold, so there is no price."


def test_who_is_first_seen_need_not_be_new() -> None:
    assert on_seen_before(0.25).startswith("25\u00a0% of the customers of the first half-year had bought before it")


def of_centres(counts: list[list[int]]) -> str:
    table = by_centre(np.array(counts))
    table["share"] = table["customers"] / table.groupby("centre")["customers"].transform("sum")
    return on_main_centres(table, centre_association(each(np.array(counts))))


@pytest.mark.parametrize(
    ("counts", "step"),
    [
        ([[520, 480], [480, 520]], "⟦That centre and segment go together is not shown⟧"),
        ([[5300, 4700], [4700, 5300]], "hardly go together⟧"),
        ([[600, 400], [400, 600]], "weakly go together⟧"),
        ([[700, 300], [300, 700]], "moderately go together⟧"),
        ([[900, 100], [100, 900]], "strongly go together⟧"),
    ],
)
def test_the_strength_of_the_association_in_words(counts: list[list[int]], step: str) -> None:
    words = of_centres(counts)
    assert step in words
    assert ("0 are" in words) == ("not shown" not in words)
    assert "rough" not in words


def test_the_centres_in_words() -> None:
    words = of_centres([[700, 300], [150, 350], [10, 0]]).replace("\u00a0", " ")
    assert words.startswith(
        "1,510 customers, each at the centre that is visited most: 3 centres, none with more than 66 %"
    )
    assert "p <.001" in words
    assert (
        "Among the 2 centres with at least 30 of them, 0 are 30 % (1) to 70 % (0) of a centre's customers." in words
    )
    assert "The p-value is rough" in words
    assert "another one as often" not in words


def test_ties_are_told() -> None:
    table = by_centre(np.array([[50, 40], [40, 50]])).assign(share=0.5, tied=[0, 0, 1, 0])
    association = centre_association(each(np.array([[50, 40], [40, 50]])))
    words = on_main_centres(table, association).replace("\u00a0", " ")
    assert "1 customer (1 %) visited another one as often and counts at the first by name, but not in the" in words


def test_nothing_to_compare() -> None:
    assert "1 centre and 2 segments there is nothing to compare" in of_centres([[3, 4]])
    nobody = np.zeros((0, 2), int)
    assert (
        on_main_centres(by_centre(nobody).assign(share=0.0), centre_association(each(nobody)))
        == "No visit of a customer names its centre."
    )


def test_the_amounts_at_the_centres_in_words() -> None:
    rows = [
        ("C1", "big", 40, 900.0, 5.0),
        ("C1", "small", 50, 10.0, 1.0),
        ("C1", "set aside", 99, 1.0, 1.0),
        ("C2", "big", 30, 600.0, 4.0),
        ("C2", "small", 30, 10.0, 1.0),
        ("C3", "big", 29, 1.0, 4.0),
        ("C2", "set aside", 99, 2.0, 1.0),
    ]
    table = pd.DataFrame(rows, columns=["centre", "segment", "customers", "amount", "visits"])
    assert on_amounts_by_centre(table, money("£")) == (
        "Median amounts by centre, where there are at least 30 customers: ⟦big⟧ £600 (C2) to £900 (C1) at 2 "
        "centres; ⟦small⟧ £10 at each of 2 centres. Medians differ by chance too."
    )
    assert "cannot be compared" in on_amounts_by_centre(table.head(2), money("£"))


def test_empty_cells_and_missing_join_dates_are_told() -> None:
    rows = [("members", "join_date", 10, 2, 0.2, ""), ("transactions", "discount", 100, 5, 0.05, "read as zero")]
    table = pd.DataFrame(rows, columns=["table", "column", "rows", "empty", "empty_share", "done"])
    said = on_empty(table).replace("\u00a0", " ")
    assert "Empty in the transactions: discount (5.0 %)." in said
    assert "Of 10 members, ⟦2 (20 %) have no usable date of joining⟧" in said
    full = on_empty(table.assign(empty=0))
    assert full == "No cell of the transactions is empty. Every member has a date of joining."
