import pandas as pd

from helpers.cases.health import data_sentences as sentences
from helpers.cases.health.dates import AS_WRITTEN, SWAPPED, UNREADABLE
from helpers.cases.health.product_json import MALFORMED, TWICE


def test_cleaning() -> None:
    audit = pd.DataFrame({"step": ["read", "x dropped"], "rows_before": [1000, 1000], "rows_after": [1000, 900]})
    assert sentences.on_cleaning(audit) == "Of 1,000 rows, 900 (90\u00a0%) are left; most went with: x dropped (100)."
    assert sentences.on_cleaning(audit.head(1)) == "Of 1,000 rows, 1,000 (100\u00a0%) are left."


def test_products() -> None:
    faults = pd.DataFrame({"fault": [TWICE, MALFORMED], "rows": [3, 1]})
    said = sentences.on_products(faults)
    assert said == "4 product lists cannot be used and are set aside: a product twice (3) and no JSON object (1)."
    assert sentences.on_products(faults.tail(1)).startswith("1 product list cannot be used and is set aside")
    assert "Every product list" in sentences.on_products(faults.head(0))


def test_dates() -> None:
    dates = pd.DataFrame({"dating": [AS_WRITTEN, SWAPPED, UNREADABLE], "rows": [97, 2, 1]})
    said = sentences.on_dates(dates)
    assert said == (
        "Dates: 2 dates with day and month swapped put right and 1 date not readable and set aside; the other "
        "97.0\u00a0% were read as they stand."
    )
    assert sentences.on_dates(dates.head(1)) == "Every date was read as it stands."


def test_excluded_years() -> None:
    months = pd.DataFrame({"year": [2021, 2021, 2022], "month": [11, 12, 1], "rows": [5, 0, 5]})
    said = sentences.on_excluded_years(months, [2021])
    assert said == "Months without a row lie in 2021 (1 month). Left out: 2021."
    assert "2021 stayed in despite the gap." in sentences.on_excluded_years(months, [])
    assert "2022 has no gap and was left out all the same." in sentences.on_excluded_years(months, [2021, 2022])
    assert sentences.on_excluded_years(months.tail(1), []) == (
        "No month between the first and the last is without a row. No year is left out."
    )


def test_zeros_and_payers() -> None:
    zeros = pd.DataFrame({"column": ["discount", "paid_amt"], "rows": [5, 0], "rows_share": [0.05, 0.0]})
    said = sentences.on_zeros(zeros)
    assert said == "An empty cell was read as zero for discount of 5 transactions (5.0\u00a0%)."
    assert sentences.on_zeros(zeros.tail(1)) == "No empty cell had to be read as zero."
    payers = pd.DataFrame([{"members": 1000, "buyers": 500, "payers": 80, "payers_share": 0.08, "paid_share": 0.09}])
    assert "80 of 1,000 members (8\u00a0%) ever paid more than zero" in sentences.on_payers(payers)
    low = sentences.on_payers(payers).replace("\u00a0", " ")
    assert low.endswith("90 % would be needed to go by what was paid, so customers are measured by the total amount.")
    assert "so customers" not in sentences.on_payers(payers.assign(paid_share=0.9))
    assert "Paid amounts would do too" in sentences.on_payers(payers.assign(paid_share=0.9))
