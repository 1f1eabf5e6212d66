//! `exact_regr_intercept(y, x)`

use super::Statistic;

super::exact! {
    "exact_regr_intercept" like "regr_intercept", Statistic::RegrIntercept, YX;
    "The intercept of the line of least squares";
    "SELECT exact_regr_intercept(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
