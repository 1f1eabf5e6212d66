//! `exact_corr(y, x)`

use super::Statistic;

super::exact! {
    "exact_corr" like "corr", Statistic::Corr, YX;
    "The correlation";
    "SELECT exact_corr(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
