"""How sure is sure enough? One answer for all reports."""

LEVEL = 0.95  # of intervals
MIDDLE = [0.025, 0.975]  # the quantiles between which that share lies
FALSE_DISCOVERIES = 0.05  # the share of false ones among what is called found
