//! `exact_regr_r2(y, x)`

use super::Statistic;

super::exact! {
    "exact_regr_r2" like "regr_r2", Statistic::RegrR2, YX;
    "The square of the correlation";
    "SELECT exact_regr_r2(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
