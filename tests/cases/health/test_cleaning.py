from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.health.cleaning import LOSSES, CleanHealth, clean_health
from helpers.cases.health.membership import near_duplicates
from helpers.cases.health.product_json import MALFORMED, TWICE
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health
from helpers.errors import CasebookError
from tests.cases.health.tables import members, transactions, write


def cleaned(folder: Path, rows: pd.DataFrame, *excluded: int) -> CleanHealth:
    return clean_health(read_health(write(folder, members("M1", "M2", "M3"), rows), {}), excluded)


DIRTY = transactions(
    member=["M1", "M1", "M1", "M2", "M2", "M2", "M1", None, "M3", "M2"],
    total_amt=[10, 10, None, 20, 30, 40, 50, 60, 70, 80],
    product_json=['{"A":1}', '{"A":1}', '{"A":1}', None, "oops", '{"A":1,"A":1}', *['{"A":1}'] * 4],
    payment_date=[*["2022-03-04"] * 6, "soon", "2022-03-04", "2021-03-04", "2022-03-04"],
    export=[*["2022-03"] * 8, "2021-03", "2022-03"],
    discount=[None, None, 0, 0, 0, 0, 0, 0, 0, 8],
    paid_amt=[5, 5, 0, 0, 0, 0, 0, 0, 9, None],
).assign(transaction=[1, 1, 3, 4, 5, 6, 7, 8, 9, 10])


def test_every_step_is_counted(tmp_path: Path) -> None:
    clean = cleaned(tmp_path, DIRTY, 2021)
    audit = clean.audit.set_index("step")
    assert audit["rows_after"].tolist() == [10, 9, 8, 7, 5, 4, 3, 2]
    assert audit["rows_before"].tolist() == [10, 10, 9, 8, 7, 5, 4, 3]
    assert audit["members_after"].tolist() == [3, 3, 3, 3, 3, 3, 3, 2]
    assert audit["amount_after"].tolist() == [370, 360, 360, 340, 270, 220, 160, 90]
    told = clean.dictionary.set_index("column")
    assert told.loc[["total_amt", "product_json", "discount", "paid_amt"], "empty"].tolist() == [1, 1, 2, 1]
    assert told.loc["discount", ["type", "rows", "empty_share", "done"]].tolist() == [
        "whole number",
        10,
        0.2,
        "read as zero",
    ]
    assert told[["type", "meaning"]].ne("").all(axis=None)
    assert told[told["empty"] == 0]["done"].eq("").all()
    assert clean.json_faults.to_numpy().tolist() == [[TWICE, 1], [MALFORMED, 1]]
    assert clean.transactions.order_by("transaction").transaction.execute().tolist() == [1, 10]


def test_empty_discounts_and_payments_are_zero_and_counted(tmp_path: Path) -> None:
    clean = cleaned(tmp_path, DIRTY, 2021)
    rows = clean.transactions.order_by("transaction").execute()
    assert rows[["discount", "paid"]].to_numpy().tolist() == [[0, 5], [8, 0]]
    assert clean.set_to_zero.to_numpy().tolist() == [["discount", 1, 0.5], ["paid_amt", 1, 0.5]]


def test_payers_are_members_who_ever_paid_in_a_kept_row(tmp_path: Path) -> None:
    payers = cleaned(tmp_path, DIRTY, 2021).payers.iloc[0]
    assert payers[["members", "buyers", "payers"]].tolist() == [3, 2, 1]
    assert payers["payers_share"] == pytest.approx(1 / 3)
    assert payers["paid_share"] == pytest.approx(5 / 90)


def test_rows_that_share_a_number_and_differ_are_kept(tmp_path: Path) -> None:
    rows = transactions(total_amt=[10, 11, 11]).assign(transaction=[1, 1, 1])
    assert sorted(cleaned(tmp_path, rows).transactions.total_amount.execute()) == [10, 11]


@pytest.mark.parametrize("kind", ["int64", "str"])
def test_repeated_rows_are_found_whatever_the_numbers(tmp_path: Path, kind: str) -> None:
    numbers = [0, 31, 32, 33, 33, 64, -1, -1, -32, -33, 7_000_000_000, 7_000_000_000, 7_000_000_032, 31, 2**62]
    rows = transactions(total_amt=[1] * len(numbers)).assign(transaction=pd.Series(numbers).astype(kind))
    clean = cleaned(tmp_path, rows)
    assert sorted(clean.transactions.transaction.execute()) == sorted({*rows["transaction"]})


@pytest.mark.parametrize("codes", ["A", "AB", "ABC", "ABCD", "AA", "ABA", "ABB", "AAB", "ABCA", "ABCC", "ABCDEFB"])
def test_a_product_that_is_there_twice_is_found_in_lists_of_any_length(tmp_path: Path, codes: str) -> None:
    text = "{" + ", ".join(f'"{code}": 1' for code in codes) + "}"
    clean = cleaned(tmp_path, transactions(product_json=[text, '{"A": 1}']))
    assert clean.json_faults["rows"].sum() == int(len({*codes}) < len(codes))


def test_the_step_that_takes_the_last_row_is_named(tmp_path: Path) -> None:
    rows = transactions(total_amt=[10, 11])
    with pytest.raises(
        CasebookError, match=rf"after the step '{LOSSES[5]}', which had 2 rows \(excluded_years is 2022\)"
    ):
        cleaned(tmp_path, rows, 2022)
    with pytest.raises(CasebookError, match=f"after the step '{LOSSES[0]}', which had 2 rows"):
        cleaned(tmp_path, rows.assign(total_amt=pd.array([None, None], dtype="Int64")))


def test_months_without_rows_are_shown_before_years_are_excluded(tmp_path: Path) -> None:
    rows = transactions(payment_date=["2021-11-05", "2022-02-05", "2022-02-06"], export=[None] * 3)
    months = cleaned(tmp_path, rows, 2021).months
    assert months.to_numpy().tolist() == [[2021, 11, 1], [2021, 12, 0], [2022, 1, 0], [2022, 2, 2]]


@pytest.fixture(scope="module")
def sample() -> tuple[Path, CleanHealth]:
    folder = generate_health(2_000, 2).folder
    return folder, clean_health(read_health(folder, {}))


def test_the_cleaning_gives_the_planted_rows_back(sample: tuple[Path, CleanHealth]) -> None:
    folder, clean = sample
    truth = pd.read_parquet(folder / "truth" / "rows.parquet").assign(date=lambda rows: pd.to_datetime(rows["date"]))
    kept = truth[truth["kept"] & (truth["date"].dt.year != 2021)].set_index("transaction").sort_index()
    rows = clean.transactions.drop("basket").order_by("transaction").execute().set_index("transaction")
    assert rows.index.equals(kept.index)
    for ours, theirs in {"total_amount": "total_amt", "discount": "discount", "paid": "paid_amt"}.items():
        assert (rows[ours] == kept[theirs]).all()
    assert (pd.to_datetime(rows["date"]) == kept["date"]).all()
    for name in ("member", "centre", "channel"):
        assert (rows[name] == kept[name].astype(str)).all()


def test_the_lines_are_the_planted_ones(sample: tuple[Path, CleanHealth]) -> None:
    folder, clean = sample
    kept = clean.transactions.transaction.execute()
    planted = pd.read_parquet(folder / "truth" / "lines.parquet").astype({"product": "str"})
    planted = planted[planted["transaction"].isin(kept)].sort_values(["transaction", "product"], ignore_index=True)
    lines = clean.lines.order_by("transaction", "product").execute()[["transaction", "product", "quantity"]]
    pd.testing.assert_frame_equal(lines, planted, check_dtype=False)


def test_the_counts_are_the_planted_ones(sample: tuple[Path, CleanHealth]) -> None:
    folder, clean = sample
    faults = pd.read_parquet(folder / "truth" / "rows.parquet")["fault"].astype(str).value_counts()
    lost = clean.audit.assign(lost=clean.audit["rows_before"] - clean.audit["rows_after"]).set_index("step")["lost"]
    assert lost["repeated rows dropped"] == faults["repeated row"]
    assert lost[LOSSES[0]] == faults["no total"]
    assert lost[LOSSES[1]] == faults["no products"]
    wrong = clean.json_faults.set_index("fault")["rows"]
    assert wrong[TWICE] == faults["repeated key"]
    assert wrong.sum() == faults[["cut off", "no colon", "open quote", "repeated key"]].sum()


def test_sponsors_and_twins_of_the_members() -> None:
    planted = generate_health(300, 1)
    clean = clean_health(read_health(planted.folder, {}))
    table = clean.sponsors()
    assert table.index.is_unique
    truth = planted.members.set_index("member")["sponsor"]
    known = table["sponsor"].dropna()
    assert (truth[known.index] == known).mean() > 0.9
    assert table["join_date"].dtype.kind == "M"
    pd.testing.assert_frame_equal(clean.near_duplicates(), near_duplicates(clean.members, clean.transactions))
