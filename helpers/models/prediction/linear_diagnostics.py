"""What does a linear regression say of spending, and does it meet what its intervals rest on?

Intervals allow for errors of unequal size. Measured is how much the features say the same, whether the size of the
errors depends on them, and which customers alone move the fit.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS, RegressionResultsWrapper
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import OLSInfluence
from statsmodels.tools.tools import add_constant

from helpers.errors import Unanswerable
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.multiplicity import adjusted
from helpers.models.prediction.regression import prepared
from helpers.wording import count

CONSTANT = "constant"
COLLINEAR = 10.0  # variance inflation from here on is severe (Marquardt, 1970)
RARE = 5  # customers; a coefficient that rests on fewer has no interval to be relied on
SAME = 1e-8  # share of a column's variance that counts as none


@dataclass(frozen=True)
class LinearFit:
    """A linear regression of all customers, and how far it can be trusted.

    Coefficients are in units of the target for one unit of the feature, and the first is of the constant. Their
    intervals and p-values are by HC3 (MacKinnon and White, 1985), per_sd is the coefficient times the feature's
    standard deviation, correlation that of the feature alone with the target, q_value corrected over the features
    (Benjamini and Hochberg, 1995), vif the variance inflation factor. Breusch-Pagan (1979) is the Lagrange multiplier
    statistic of errors whose size depends on the features, as studentised by Koenker (1981). A customer counts as
    influential from Cook's distance 4 / customers on (Bollen and Jackman, 1985). The constant has no q_value,
    correlation or vif.
    """

    coefficients: pd.DataFrame  # feature, coefficient, low, high, p_value, q_value, per_sd, correlation, vif
    customers: pd.DataFrame  # fitted, residual, studentised (internally), leverage, cooks_distance, influential
    left_out: pd.DataFrame  # feature, reason: those that a linear regression cannot tell apart from the others
    r2: float  # share of the variance that is explained in the customers of the fit themselves
    breusch_pagan: float
    p_value: float  # of Breusch-Pagan
    influential_from: float


@single_thread
def fit_linear(features: pd.DataFrame, target: pd.Series) -> LinearFit:
    """Fit a linear regression to all customers and return it with its diagnostics.

    Features (customers x features) are numbers, truths or categories. Gaps become the median; a category is compared
    with the commonest one. Measures that a perfect fit or a customer who is unlike all others leaves undefined are
    missing. Hardly more customers than features raise an Unanswerable.
    """
    known = _as_numbers(features)
    kept, left_out = _separable(known.fillna(known.median()).fillna(0.0))
    if len(kept) < kept.shape[1] + 3:
        few, many = count(len(kept), "customer"), count(kept.shape[1], "feature")
        raise Unanswerable(f"{few} are too few for a linear regression on {many}.")
    design = add_constant(kept, has_constant="add").rename(columns={"const": CONSTANT})
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = OLS(target.astype(float), design).fit()
        test, p_value = het_breuschpagan(fit.resid, design)[:2] if kept.shape[1] else (np.nan, np.nan)
        coefficients, customers = _coefficients(fit, kept), _influence(fit)
    return LinearFit(coefficients, customers, left_out, fit.rsquared, test, p_value, 4 / len(kept))


def _as_numbers(features: pd.DataFrame) -> pd.DataFrame:
    """Return features as floats; of a category, a column of 0 and 1 for each value but the commonest."""
    columns = {}
    for name, column in prepared(features).items():
        if pd.api.types.is_numeric_dtype(column):
            columns[str(name)] = column
        else:
            shares = column.value_counts().sort_index().sort_values(ascending=False, kind="stable")
            columns |= {f"{name}: {value}": (column == value).astype(float) for value in sorted(shares.index[1:])}
    return pd.DataFrame(columns, index=features.index)


def _separable(features: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the columns that a linear regression can tell apart, and those it cannot: feature, reason."""
    kept: list[str] = []
    reasons = []
    for name in features:
        others = len(features) - features[name].value_counts().iloc[0]
        if others < RARE:
            reasons.append((name, f"differs for fewer than {RARE} customers" if others else "the same for all"))
        elif _unexplained(features[name], features[kept]) < SAME:
            reasons.append((name, "follows from the features before it"))
        else:
            kept.append(name)
    return features[kept], pd.DataFrame(reasons, columns=["feature", "reason"])


def _unexplained(column: pd.Series, others: pd.DataFrame) -> float:
    """Return the share of a column's variance that a linear regression on the others leaves."""
    y = ((column - column.mean()) / column.std()).to_numpy()
    x = ((others - others.mean()) / others.std()).to_numpy()
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0] if x.shape[1] else y
    return float((residual**2).sum() / (y**2).sum())


def _coefficients(fit: RegressionResultsWrapper, kept: pd.DataFrame) -> pd.DataFrame:
    robust = fit.get_robustcov_results("HC3")
    low, high = robust.conf_int().T
    table = pd.DataFrame({"coefficient": fit.params, "low": low, "high": high, "p_value": robust.pvalues})
    table["q_value"] = adjusted(table["p_value"].drop(CONSTANT))
    table["per_sd"] = table["coefficient"] * kept.std()
    table["correlation"] = kept.corrwith(pd.Series(fit.model.endog, kept.index))
    table["vif"] = _variance_inflation(kept)
    return table.rename_axis("feature").reset_index()


def _variance_inflation(features: pd.DataFrame) -> pd.Series:
    """Return by how much the others inflate the variance of each feature's coefficient; 1 where they say nothing."""
    correlation = np.atleast_2d(np.corrcoef(features.to_numpy().T)) if features.shape[1] else np.empty((0, 0))
    return pd.Series(np.diag(np.linalg.inv(correlation)), index=features.columns)


def _influence(fit: RegressionResultsWrapper) -> pd.DataFrame:
    influence = OLSInfluence(fit)
    columns = {
        "fitted": fit.fittedvalues,
        "residual": fit.resid,
        "studentised": influence.resid_studentized_internal,
        "leverage": influence.hat_matrix_diag,
        "cooks_distance": influence.cooks_distance[0],
    }
    table = pd.DataFrame(columns, index=fit.resid.index)
    return table.assign(influential=table["cooks_distance"] > 4 / len(table))
