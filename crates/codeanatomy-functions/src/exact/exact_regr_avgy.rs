//! `exact_regr_avgy(y, x)`

use super::Statistic;

super::exact! {
    "exact_regr_avgy" like "regr_avgy", Statistic::RegrAvgy, YX;
    "The mean of y";
    "SELECT exact_regr_avgy(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
