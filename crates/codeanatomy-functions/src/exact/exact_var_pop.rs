//! `exact_var_pop(value)`

use super::Statistic;

super::exact! {
    "exact_var_pop" like "var_pop", Statistic::VarPop, VALUE;
    "The variance of a population";
    "SELECT exact_var_pop(y) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
