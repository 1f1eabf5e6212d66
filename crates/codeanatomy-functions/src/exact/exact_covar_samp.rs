//! `exact_covar_samp(y, x)`

use super::Statistic;

super::exact! {
    "exact_covar_samp" like "covar_samp", Statistic::CovarSamp, YX;
    "The covariance of a sample";
    "SELECT exact_covar_samp(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
