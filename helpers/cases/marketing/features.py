"""What describes a customer: who they are, how they shop, and what they answered?

Every feature has a unit and a formula, in FEATURES.
"""

import pandas as pd

from helpers.cases.marketing.reader import CAMPAIGNS, SPENT_ON
from helpers.errors import Unanswerable
from helpers.features.scaling import log_standardised, standardised
from helpers.models.prediction.regression import prepared

PARTNERED = ("Married", "Together")
PARTS = ["demographics", "behaviour", "purchases"]  # of the features, from which spending and answers are foretold
# feature: unit, formula, and part (who they are, how they shop, what they answered, or through which channel)
FEATURES = {
    "income": ("money a year", "as given", "demographics"),
    "age": ("years", "year of the last joining - year of birth", "demographics"),
    "partner": ("yes or no", "married or together", "demographics"),
    "kids_home": ("children", "as given", "demographics"),
    "teens_home": ("children", "as given", "demographics"),
    "tenure": ("days", "last joining - own joining", "behaviour"),
    "education": ("", "as given", "demographics"),
    "recency": ("days", "since the last purchase", "behaviour"),
    "web_visits": ("visits a month", "as given", "behaviour"),
    "promotions": ("campaigns", "accepted among the first five", "behaviour"),
    "complained": ("yes or no", "as given", "behaviour"),
    "deals": ("purchases", "made with a discount", "purchases"),
    "web_purchases": ("purchases", "as given", "purchases"),
    "catalog_purchases": ("purchases", "as given", "purchases"),
    "store_purchases": ("purchases", "as given", "purchases"),
    "spent": ("money", " + ".join(SPENT_ON), "target"),
    "children": ("children", "kids_home + teens_home", "profile"),
    "response": ("yes or no", "accepted the offer of the last campaign", "answer"),
}


def feature_table() -> pd.DataFrame:
    """Return a row for each feature: feature, unit, formula, part."""
    return pd.DataFrame(
        [(name, *said) for name, said in FEATURES.items()], columns=["feature", "unit", "formula", "part"]
    )


def names_of(*parts: str) -> list[str]:
    """Return the features of some parts, in their order."""
    return [name for name, (_unit, _formula, part) in FEATURES.items() if part in parts]


def customer_features(table: pd.DataFrame) -> pd.DataFrame:
    """Return the features of each customer that the cleaning left, by customer; income may be missing.

    Unanswerable where nobody has an income that is believed.
    """
    if table["income"].isna().all():
        raise Unanswerable("No customer has an income that is known and believed, and all that follows rests on it.")
    last = table["joined"].max()
    made = {
        "age": last.year - table["birth_year"],
        "partner": table["marital_status"].isin(PARTNERED).astype(int),
        "tenure": (last - table["joined"]).dt.days,
        "deals": table["deal_purchases"],
        "promotions": table[CAMPAIGNS].sum(axis="columns"),
        "spent": table[SPENT_ON].sum(axis="columns"),
        "children": table["kids_home"] + table["teens_home"],
    }
    return table.assign(**made).set_index("customer")[list(FEATURES)]


def yes_or_no(customers: pd.DataFrame) -> pd.DataFrame:
    """Return those of `customer_features` that are 0 or 1."""
    return customers[[name for name, (unit, _formula, _part) in FEATURES.items() if unit == "yes or no"]]


FOLLOW = ["children", "spent"]  # from inputs: the children at home, and what so many purchases come to


def once_each(features: pd.DataFrame) -> pd.DataFrame:
    """Return the customers without those who are like an earlier one in everything but the last answer."""
    return features[~features.drop(columns="response").duplicated()]


def clustering_inputs(features: pd.DataFrame, with_spending: bool) -> pd.DataFrame:
    """Return what customers are clustered by: numbers without gaps, on comparable scales.

    An unknown income becomes the median. Money and counts, which have long tails, are taken as logarithms.
    """
    plain = ["age", "kids_home", "teens_home"]
    tailed = ["income", "web_visits", "promotions", *names_of("purchases"), *["spent"] * with_spending]
    known = features.assign(income=features["income"].fillna(features["income"].median()))
    return pd.concat([standardised(known[plain]), log_standardised(known[tailed])], axis="columns")


def predictor_sets(customers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what spending is predicted from, by `prepared`: each set has all that the one before it has."""
    return {part: prepared(customers[names_of(*PARTS[: place + 1])]) for place, part in enumerate(PARTS)}


def response_predictors(customers: pd.DataFrame) -> pd.DataFrame:
    """Return what the answer to a campaign is foretold from: everything but the answer itself."""
    return prepared(customers[[*names_of(*PARTS), "spent"]])
