import pandas as pd
import pytest

from helpers.cases.health.calibration import CHANCE, TOLERABLE, calibration, of_other_seeds, on_calibration
from helpers.cases.health.sample import ROWS, generate_health, truth_of
from helpers.cases.health.sample_members import MEMBERS


def _off(figures: pd.DataFrame) -> pd.DataFrame:
    return figures[(figures["ratio"] - 1).abs() > figures["within"]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sample_has_the_figures_of_the_source(seed: int) -> None:
    figures = calibration(generate_health(30_000, seed).folder)
    assert figures["ours"].notna().all()
    assert _off(figures).empty, _off(figures).to_string()


def test_the_figures_are_those_of_pandas() -> None:
    planted = generate_health(2_000, 5)
    generated = calibration(planted.folder).set_index("measure")["ours"]
    rows = pd.read_parquet(planted.folder / "truth" / "rows.parquet").query("kept")
    rows = rows.assign(date=pd.to_datetime(rows["date"]))
    window = rows[rows["date"] >= "2022-01-01"]
    by_member = window.groupby("member")
    half = (window["date"].dt.year * 2 + window["date"].dt.quarter // 3).rename("half")
    active = pd.crosstab(window["member"], half) > 0
    period = (by_member["date"].max() - by_member["date"].min()).dt.days
    assert generated["visits"] == pytest.approx(len(window) / window["member"].nunique())
    assert generated["amount"] == pytest.approx(by_member["total_amt"].sum().mean())
    assert generated["visit_period"] == pytest.approx(period.mean())
    assert generated["time_between_purchases"] == pytest.approx((period / by_member.size()).mean())
    assert generated["retention_second_half_share"] == pytest.approx(active[active[4044]][4045].mean())
    assert generated["never_online_share"] == pytest.approx((by_member["channel"].max() == "offline").mean())
    lines = pd.read_parquet(planted.folder / "truth" / "lines.parquet")
    held = lines[lines["transaction"].isin(window["transaction"])].groupby("product").size() / len(window)
    assert generated["top_product_share"] == pytest.approx(held.max())


def test_below_thirty_thousand_members_few_figures_are_expected_to_be_near() -> None:
    figures = calibration(generate_health(2_000, 5).folder)
    assert figures.attrs["members"] == 2_000
    checked = figures["within"].notna()
    assert (figures["why"].eq("") == figures["agrees"]).all()
    assert (figures.loc[~figures["agrees"] & checked, "why"] == CHANCE).all()
    near = ((figures["ratio"] - 1).abs() <= figures["within"])[checked].sum()
    said = on_calibration(figures)
    assert said.startswith("With 2,000 members chance moves the figures; tolerances hold from 30,000 on.")
    assert f"{near} of {checked.sum()} figures are within them all the same" in said
    assert "as they should be" not in said
    figures.attrs["members"] = TOLERABLE
    assert f"{near} of {checked.sum()} figures are as near to the source's as they should be" in on_calibration(
        figures
    )


def test_the_range_is_that_of_other_seeds() -> None:
    folder, *further = (generate_health(300, seed).folder for seed in (1, 2, 3))
    table, *rest = (calibration(place) for place in (folder, *further))
    found = calibration(folder, of_other_seeds(300, 1))
    every = pd.concat([each["ours"] for each in (table, *rest)], axis="columns")
    assert found["low"].to_numpy() == pytest.approx(every.min(axis="columns").to_numpy())
    assert found["high"].to_numpy() == pytest.approx(every.max(axis="columns").to_numpy())
    assert found["ours"].to_numpy() == pytest.approx(table["ours"].to_numpy())


def test_a_sample_that_is_counted_only_is_the_one_that_would_be_written() -> None:
    folder = generate_health(300, 4).folder / "truth"
    written = {path.stem: pd.read_parquet(path) for path in folder.iterdir()}
    made = {name: table.to_pandas() for name, table in truth_of(300, 4).items()}
    assert set(written) == {"products", "segments", "rows", "lines"}
    for name, table in written.items():
        pd.testing.assert_frame_equal(table, made[name], check_dtype=False)


@pytest.mark.slow
def test_the_full_sample_has_the_rows_and_the_figures_of_the_source() -> None:
    planted = generate_health(MEMBERS, 1)
    rows = pd.read_parquet(planted.folder / "transactions.parquet", columns=["transaction"])
    assert len(rows) == ROWS == 2_406_316
    figures = calibration(planted.folder)
    assert _off(figures).empty, _off(figures).to_string()
    assert (planted.members["tier"] == "bulk").sum() == 14
