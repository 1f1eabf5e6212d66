//! `exact_var_samp(value)`

use super::Statistic;

super::exact! {
    "exact_var_samp" like "var_samp", Statistic::VarSamp, VALUE;
    "The variance of a sample";
    "SELECT exact_var_samp(y) FROM (VALUES (1e16, 1.0), (1.0, 2.0), (-1e16, 4.0)) AS t(y, x)"
}
