//! `exact_covar_pop(y, x)`

use super::Statistic;

super::exact! {
    "exact_covar_pop" like "covar_pop", Statistic::CovarPop, YX;
    "The covariance of a population";
    "SELECT exact_covar_pop(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
