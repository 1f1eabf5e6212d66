//! What the functions of positions share: units, and what becomes of places that are not there.

use std::sync::Arc;

use codeanatomy_model::ColumnUnit;
use datafusion_common::arrow::array::{ArrayRef, BooleanBufferBuilder, Int64Array};
use datafusion_common::arrow::buffer::NullBuffer;
use datafusion_common::{Result, exec_datafusion_err, exec_err};

use crate::scalar::{Call, Texts};
use crate::spec::{Class, Parameter};

pub(super) const UNIT: Parameter = Parameter::optional(
    "unit",
    Class::Text,
    "'utf32'",
    "What columns count: bytes ('utf8'), UTF-16 code units ('utf16') or code points ('utf32'), in any spelling that \
position_encoding takes.",
);

pub(super) const INVALID: Parameter = Parameter::optional(
    "invalid",
    Class::Choice(&["null", "error"]),
    "'null'",
    "What becomes of a place that is not there: inside a code point, below 0 or beyond the end.",
);

/// The unit of that name, or an error that says which there are.
pub(super) fn unit(function: &str, name: &str) -> Result<ColumnUnit> {
    ColumnUnit::parse(name).ok_or_else(|| {
        exec_datafusion_err!("{function}: '{name}' is no position encoding; there are 'utf8', 'utf16' and 'utf32'")
    })
}

/// The units of the rows of a call.
pub(super) struct Units {
    function: &'static str,
    names: Texts,
    constant: Option<ColumnUnit>,
}

impl Units {
    pub(super) fn try_new(function: &'static str, call: &Call, argument: usize) -> Result<Self> {
        let names = call.texts_or(argument, "utf32")?;
        let constant = match &names {
            Texts::Constant(Some(name)) => Some(unit(function, name)?),
            _ => None,
        };
        Ok(Self {
            function,
            names,
            constant,
        })
    }

    /// The unit of all rows, if there is one.
    pub(super) fn constant(&self) -> Option<ColumnUnit> {
        self.constant
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> Result<ColumnUnit> {
        match (self.constant, self.names.get(row)) {
            (Some(unit), _) => Ok(unit),
            (None, Some(name)) => unit(self.function, name),
            (None, None) => Ok(ColumnUnit::Utf32),
        }
    }
}

/// The places of all rows. `find` gives None for a row with a null, and a place, or none, for others.
pub(super) fn places(
    call: &Call,
    invalid: usize,
    mut find: impl FnMut(usize) -> Result<Option<Option<usize>>>,
    what: impl Fn(usize) -> String,
) -> Result<ArrayRef> {
    let refuse = call.choice(invalid)? == "error";
    let (mut places, mut nulls) = (Vec::with_capacity(call.rows), vec![]);
    for row in 0..call.rows {
        match find(row)? {
            Some(Some(place)) => places.push(place as i64),
            Some(None) if refuse => return exec_err!("{}", what(row)),
            _ => {
                nulls.push(row);
                places.push(0);
            }
        }
    }
    let nulls = (!nulls.is_empty()).then(|| {
        let mut valid = BooleanBufferBuilder::new(places.len());
        valid.append_n(places.len(), true);
        nulls.iter().for_each(|row| valid.set_bit(*row, false));
        NullBuffer::new(valid.finish())
    });
    Ok(Arc::new(Int64Array::new(places.into(), nulls)))
}
