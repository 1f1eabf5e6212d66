//! `exact_regr_sxy(y, x)`

use super::Statistic;

super::exact! {
    "exact_regr_sxy" like "regr_sxy", Statistic::RegrSxy, YX;
    "The sum of the products of x and y about their means";
    "SELECT exact_regr_sxy(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
