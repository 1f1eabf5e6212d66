//! `exact_regr_syy(y, x)`

use super::Statistic;

super::exact! {
    "exact_regr_syy" like "regr_syy", Statistic::RegrSyy, YX;
    "The sum of the squares of y about its mean";
    "SELECT exact_regr_syy(y, x) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
