import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import NearestNeighbors

from helpers.errors import CasebookError
from helpers.models.recommenders.interactions import Known, known_before
from helpers.models.recommenders.latent_space import _unit, fit_latent_space, named_places

NOW = pd.Timestamp("2023-07-01")


def families(n: int = 600) -> Known:
    """Return customers who buy from one of three families of products."""
    rng = np.random.default_rng(1)
    rows = [
        (
            f"c{i:03}",
            f"o{i}/{j}",
            f"{'abc'[i % 3]}{rng.integers(8)}",
            NOW - pd.Timedelta(days=int(rng.integers(1, 99))),
        )
        for i in range(n)
        for j in range(5)
    ]
    table = pd.DataFrame(rows, columns=["customer", "order", "product", "date"])
    names = table["customer"].unique()
    return known_before(table, NOW, audience=pd.Index(names[:20]))


def test_families_lie_together() -> None:
    space = fit_latent_space(families(), 4, seed=1)
    places = space.products[["x", "y"]].to_numpy()
    family = space.products["product"].str[0].to_numpy()
    near = NearestNeighbors(n_neighbors=3).fit(places).kneighbors(return_distance=False)
    assert (family[near] == family[:, None]).mean() > 0.9
    assert 0.5 < space.explained <= 1
    assert space.factors == 4


def test_customers_lie_by_the_family_they_buy() -> None:
    space = fit_latent_space(families(), 4, seed=1)
    family = space.products["product"].str[0].rename("family")
    centres = space.products.groupby(family)[["x", "y"]].mean()
    distance = np.linalg.norm(space.customers[["x", "y"]].to_numpy()[:, None] - centres.to_numpy(), axis=2)
    own = space.customers["customer"].str[1:].astype(int) % 3
    assert (distance.argmin(axis=1) == own).mean() > 0.9


def test_groups_lie_at_the_mean_of_their_customers() -> None:
    space = fit_latent_space(families(), 4, seed=1)
    groups = (
        space.customers.set_index("customer").index.to_series().str[1:].astype(int).mod(3).map(dict(enumerate("abc")))
    )
    places = named_places(space, groups.iloc[:200])
    means, products = (places[places["kind"] == kind] for kind in ("group", "product"))
    assert products["name"].tolist() == space.products["product"].tolist()
    assert means["name"].tolist() == ["a", "b", "c"]
    assert means["customers"].sum() == 200
    own = space.customers[space.customers["customer"].map(groups.iloc[:200]) == "b"]
    assert means.set_index("name").loc["b", ["x", "y"]].tolist() == pytest.approx(own[["x", "y"]].mean().tolist())


def test_names_counts_and_order() -> None:
    known = families()
    space = fit_latent_space(known, 4, seed=1)
    assert sorted(space.products["product"]) == sorted(known.products)
    assert space.customers["customer"].tolist() == known.customers.tolist()
    assert space.customers["audience"].sum() == 20
    assert space.products["customers"].is_monotonic_decreasing
    assert (space.products.loc[0, ["x", "y"]] >= 0).all()


def test_the_same_seed_gives_the_same_plane() -> None:
    first, again = (fit_latent_space(families(60), 3, seed=2) for _ in range(2))
    pd.testing.assert_frame_equal(first.products, again.products)
    pd.testing.assert_frame_equal(first.customers, again.customers)


def test_unit_rows() -> None:
    assert _unit(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist() == [[0.6, 0.8], [0.0, 0.0]]


def test_errors() -> None:
    with pytest.raises(CasebookError, match="factors=1"):
        fit_latent_space(families(30), 1, seed=1)
    table = pd.DataFrame({"customer": ["a", "b"], "order": ["1", "2"], "product": ["x", "y"], "date": NOW})
    known = known_before(table, NOW + pd.Timedelta(days=1), audience=pd.Index(["a"]))
    with pytest.raises(CasebookError, match="fewer than 3 products"):
        fit_latent_space(known, 2, seed=1)
