from datetime import date

import duckdb
import pandas as pd
import pytest

from helpers.cases.health.features import AMOUNTS, SHARES
from helpers.cases.health.naming import name_clusters, named, read_naming
from helpers.cases.health.sample import PlantedHealth, generate_health
from helpers.models.clustering.methods import agreement, kmeans
from helpers.models.clustering.number import pick_number, survey_subsamples
from helpers.models.clustering.scaling import fit_scale, scaled
from helpers.models.clustering.subclusters import SET_ASIDE, Inside, far_above, second_clustering, survey_splits
from helpers.models.migration.transitions import (
    clusters_by,
    fit_centres,
    half_years,
    retention,
    states,
    transition_table,
)

NAMING = read_naming()
PERIODS = half_years(date(2022, 1, 1), 3)
VIEW_SQL = """
with items as (
  select transaction, sum(quantity) as quantity,
    {ranges}
  from read_parquet('{folder}/truth/lines.parquet') join products using (product) group by transaction
)
select member, sum(total_amt)::double as total_amount, sum(quantity)::double as total_quantity, count(*) as frequency,
  date_diff('day', min(date), max(date)) as visit_period, visit_period / frequency as mean_time_between_purchases,
  total_amount / total_quantity as basket_size, total_amount / frequency as order_size,
  total_quantity / frequency as visit_size, order_size * date_diff('day', min(date), date '{end}') as cltv,
  coalesce(sum(discount), 0)::double as discount_amount, count(distinct centre) as visit_centres,
  {shares}
from read_parquet('{folder}/truth/rows.parquet') join items using (transaction)
where kept and date >= date '{start}' and date < date '{end}' group by member order by member
"""


def planted_view(planted: PlantedHealth, start: date, end: date) -> pd.DataFrame:
    """Return the single view of the true rows, written in SQL, independent of the project's own."""
    ranges = ", ".join(f"sum(quantity * (price_range = 'Q{i}')::int) as q{i}" for i in (1, 2, 3, 4))
    shares = ", ".join(f"sum(q{i}) / sum(quantity) as q{i}_share" for i in (1, 2, 3, 4))
    sql = VIEW_SQL.format(folder=planted.folder, start=start, end=end, ranges=ranges, shares=shares)
    with duckdb.connect() as connection:
        connection.register("products", planted.products[["product", "price_range"]])
        view = connection.sql(sql).df().set_index("member").astype(float)
    sponsors = pd.read_parquet(planted.folder / "members.parquet")["sponsor"].value_counts()
    return view.assign(members=sponsors.reindex(view.index).fillna(0.0))


@pytest.mark.parametrize(
    ("n_members", "seed"),
    [(10_000, 1), *(pytest.param(30_000, seed, marks=pytest.mark.slow) for seed in (4, 5, 6))],
)
def test_the_planted_segments_are_found_and_named(n_members: int, seed: int) -> None:
    planted = generate_health(n_members, seed)
    view = planted_view(planted, PERIODS[0][1], PERIODS[-1][2])
    truth = planted.members.set_index("member").loc[view.index]
    points = scaled(fit_scale(view, "clipped", SHARES), view)
    assert pick_number(survey_subsamples(points, 4, 3, 1500, 2, 1)).clusters == 3
    clusters = kmeans(points, 3, 1)
    assert agreement(clusters, truth["segment"]) >= 0.8
    names = name_clusters(view, clusters, NAMING.segments)["name"]
    found = pd.crosstab(named(clusters, names.to_frame()), truth["segment"]).idxmax(axis=1)
    assert found.to_dict() == {
        "Heavy network builders": "builder",
        "Repeat buyers": "occasional",
        "One-off starter orders": "starter",
    }
    bulk = truth.index[truth["tier"] == "bulk"]
    set_aside = far_above(view.loc[clusters == clusters[bulk[0]], AMOUNTS])
    assert set_aside[bulk].all()
    assert set_aside.sum() <= len(bulk) + 2


def test_the_planted_retention_is_held_by_its_interval() -> None:
    planted = generate_health(10_000, 1)
    truth = planted.members.set_index("member")["segment"]
    views = {name: planted_view(planted, start, end) for name, start, end in PERIODS}
    moves = transition_table(states({name: truth[view.index] for name, view in views.items()}), list(truth.unique()))
    table = retention(moves).set_index(["period_before", "segment"])
    rates = planted.movement.set_index("segment")["retention"]
    for segment in ("occasional", "starter", "builder"):
        row = table.loc[(PERIODS[0][0], segment)]
        assert row["retained_low"] <= rates[segment] <= row["retained_high"]
    assert (moves["kind"] != "moved").all()


@pytest.mark.slow
def test_the_second_clustering_of_the_sample() -> None:
    planted = generate_health(30_000, 1)
    view = planted_view(planted, PERIODS[0][1], PERIODS[-1][2])
    truth = planted.members.set_index("member").loc[view.index]
    centres, _ = fit_centres(view, 3, "clipped", SHARES, 1)
    clusters = clusters_by(centres, view)
    inside = Inside("clipped", AMOUNTS, SHARES)
    survey = survey_splits(view, clusters, inside, 4, 1)
    second = second_clustering(view, clusters, survey, inside, 1)
    assert second is not None
    assert truth.loc[second.clusters.index, "segment"].value_counts().idxmax() == "builder"
    names = name_clusters(view, second.clusters, NAMING.inside)["name"]
    assert names[SET_ASIDE] == "Bulk buyers"
    found = pd.crosstab(named(second.clusters, names.to_frame()), truth["tier"].loc[second.clusters.index])
    assert found.loc["Bulk buyers", "bulk"] == found["bulk"].sum()
    assert found["leader"].idxmax() == "Leaders"
