//! `exact_regr_avgx(y, x)`

use super::Statistic;

super::exact! {
    "exact_regr_avgx" like "regr_avgx", Statistic::RegrAvgx, YX;
    "The mean of x";
    "SELECT exact_regr_avgx(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
