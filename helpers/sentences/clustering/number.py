"""How many clusters do the criteria call for?"""

import pandas as pd

from helpers.models.clustering.number import STRONG, strong_number, suggestions
from helpers.wording import count, listing

CRITERIA = {"silhouette": "the silhouette", "gap": "the gap statistic", "bic": "BIC"}


def on_number(survey: pd.DataFrame, chosen: int) -> str:
    """Say how many clusters each criterion suggests and how many are used, from `survey_numbers`."""
    found = suggestions(survey).set_index("criterion")["clusters"]
    strong = strong_number(survey)
    bound = ", as many as were tried" if strong == survey["clusters"].max() else " at most"
    used = (
        f"A prediction strength of at least {STRONG:g} supports {strong}{bound}."
        if strong > 1
        else f"No number above 1 has a prediction strength of {STRONG:g}: the data do not fall into clusters."
    )
    words = listing(f"{found[name]} by {label}" for name, label in CRITERIA.items())
    return f"The criteria suggest {words}. {used} **{count(chosen, 'cluster')}** are used below."
