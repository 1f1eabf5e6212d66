//! `exact_regr_sxx(y, x)`

use super::Statistic;

super::exact! {
    "exact_regr_sxx" like "regr_sxx", Statistic::RegrSxx, YX;
    "The sum of the squares of x about its mean";
    "SELECT exact_regr_sxx(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
