//! Change types of a change data feed, as Delta Lake's protocol names them.

use crate::spec::{Class, Parameter};

pub(super) const CHANGE_TYPE: Parameter = Parameter::required(
    "change_type",
    Class::Text,
    "The column _change_type: 'insert', 'update_preimage', 'update_postimage' or 'delete'.",
);

/// The rank of a change among those of one row and commit: what is there afterwards comes last.
pub(super) fn rank(change_type: &str) -> Option<i64> {
    match change_type {
        "update_preimage" => Some(0),
        "delete" => Some(1),
        "insert" => Some(2),
        "update_postimage" => Some(3),
        _ => None,
    }
}
