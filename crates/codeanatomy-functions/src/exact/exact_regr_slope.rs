//! `exact_regr_slope(y, x)`

use super::Statistic;

super::exact! {
    "exact_regr_slope" like "regr_slope", Statistic::RegrSlope, YX;
    "The slope of the line of least squares";
    "SELECT exact_regr_slope(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
