"""Whose orders does the loyalty programme look at: those of a file, or those of a sample whose truth is known?

The file is of the kind that `read_retail` reads, with the same columns.
"""

from collections.abc import Mapping

import ibis.expr.types as ir

from helpers.cases.loyalty.sample import generate_loyalty
from helpers.datasets.retail import RetailData, read_retail

SAMPLE = "sample"
LoyaltyData = RetailData


def read_loyalty(data: str, columns: Mapping[str, str], sample_size: int, seed: int) -> ir.Table:
    """Return the lines of a shop's invoices as `read_retail` does.

    Parameters
    ----------
    data : str
        "sample" for generated lines, or a file.
    columns : mapping
        Our column names to the user's, for headings that are not known; the sample does not need it.
    sample_size, seed : int
        Number of customers of the sample, and what it is drawn by; a file does not need them.

    Raises
    ------
    CasebookError
        A column of the file is not found, or a value is not allowed.
    """
    return generate_loyalty(sample_size, seed).lines if data == SAMPLE else read_retail(data, columns)
