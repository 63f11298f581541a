"""How much of the movement between segments does the way of measuring make?

The source clustered the whole span and let that model judge half-years, all up to one fixed day.
"""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from helpers.models.clustering.scaling import Way
from helpers.models.migration.window_artefact import Measurement

OWN, SPAN, SOURCE = "one period", "whole span", "whole span, raw scale"
WORDS = {
    OWN: "centres of a period of the same length",
    SPAN: "centres of the whole span",
    SOURCE: "the source's way",
}


def ways_of_measuring(
    view: pd.DataFrame, windows: Mapping[str, pd.DataFrame], fixed_end: Mapping[str, pd.DataFrame], scale: Way
) -> dict[str, Measurement]:
    """Return the ways in which movement is measured, by name.

    Parameters
    ----------
    view : DataFrame, customers x features
        Of the whole span.
    windows : mapping of str to DataFrame
        By period, the features of those who bought in it, of the period alone.
    fixed_end : mapping of str to DataFrame
        The same `with_fixed_end`.
    scale : str
        As for `fit_scale`.

    Notes
    -----
    OWN: centres of the first period. SPAN: centres of the whole span, all else alike, so that the difference is due
    to the length of time alone. SOURCE: of the whole span on standardised raw values.
    """
    return {
        OWN: Measurement(next(iter(windows.values())), scale, windows),
        SPAN: Measurement(view, scale, windows),
        SOURCE: Measurement(view, "raw", fixed_end),
    }


def with_fixed_end(window: pd.DataFrame, end: date, fixed_end: date) -> pd.DataFrame:
    """Return a window's single view with the naive lifetime value counted up to one fixed day, as the source did it.

    Parameters
    ----------
    window : DataFrame, customers
        With order_size and cltv (order size times the days from the first purchase to the window's end).
    end, fixed_end : date
        The window's end, and the day to count to instead.
    """
    return window.assign(cltv=window["cltv"] + window["order_size"] * (fixed_end - end).days)
