//! `content_digest(value, …)`

mod sum;

use std::sync::Arc;

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, FixedSizeBinaryBuilder, StringBuilder};
use datafusion_common::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::{Result, ScalarValue, internal_err, plan_err};
use datafusion_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion_expr::{Accumulator, AggregateUDFImpl, Documentation, EmitTo, GroupsAccumulator, Signature};

use crate::encode::ColumnEncoder;
use crate::spec::{Class, Kind, Parameter, Spec};
use sum::{RowSum, STATE_BYTES};

pub(crate) const SPEC: Spec = Spec {
    name: "content_digest",
    kind: Kind::Aggregate,
    section: "Digests",
    parameters: &[Parameter::variadic("value", Class::Value, "A column of the rows.")],
    returns: "VARCHAR",
    description: "The digest of the rows of a group, whatever their order: 64 hexadecimal digits. Two sets of rows have the \
same digest if they have the same rows equally often, by value: text is the same in every text type, an integer in every \
width; every NaN is the same, 0.0 and -0.0 differ. Names of columns do not count, their order does. \
Rows that differ have the same digest by chance with a probability below 2^-190; who may choose rows to make digests collide can, with effort, \
since hashes are added.",
    nulls: "Null differs from all else. Never null: no rows have a digest too.",
    example: "SELECT content_digest(a, b) FROM (VALUES ('x', 1), ('y', 2)) AS t(a, b)",
    since: "0.1.0",
};

/// The order-free digest of rows.
///
/// A row is the bytes of its values (see the page of the encoding), its hash BLAKE3 of them. The hashes of all rows are
/// added modulo 2²⁵⁶, which is a multiset hash by addition (Bellare and Micciancio, "A New Paradigm for Collision-free
/// Hashing", 1997; Clarke et al., "Incremental Multiset Hash Functions", 2003), and counted. The digest is BLAKE3 of sum
/// and count, little endian, as 64 hexadecimal digits.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct ContentDigest {
    signature: Signature,
    documentation: Documentation,
}

impl ContentDigest {
    /// The function.
    pub(crate) fn new() -> Self {
        Self {
            signature: SPEC.signature(),
            documentation: SPEC.documentation(),
        }
    }
}

fn refuse_distinct(args: &AccumulatorArgs<'_>) -> Result<()> {
    if args.is_distinct {
        return plan_err!("content_digest(DISTINCT ...) is not there; take the digest of a SELECT DISTINCT");
    }
    Ok(())
}

impl AggregateUDFImpl for ContentDigest {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(SPEC.coerce(types))
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        SPEC.check(types)?;
        Ok(DataType::Utf8)
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format!("{}[rows]", args.name);
        Ok(vec![Arc::new(Field::new(
            name,
            DataType::FixedSizeBinary(STATE_BYTES),
            false,
        ))])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(&args)?;
        Ok(Box::<Rows>::default())
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(&args)?;
        Ok(Box::<Rows>::default())
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, _args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::<Groups>::default())
    }

    fn order_sensitivity(&self) -> datafusion_expr::utils::AggregateOrderSensitivity {
        datafusion_expr::utils::AggregateOrderSensitivity::Insensitive
    }

    fn default_value(&self, _type: &DataType) -> Result<ScalarValue> {
        Ok(ScalarValue::Utf8(Some(RowSum::default().digest())))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

/// The hashes of the rows of a batch, one after the other.
struct RowHasher {
    columns: Vec<ColumnEncoder>,
    bytes: Vec<u8>,
}

impl RowHasher {
    fn try_new(values: &[ArrayRef]) -> Result<Self> {
        Ok(Self {
            columns: values.iter().map(ColumnEncoder::try_new).collect::<Result<_>>()?,
            bytes: Vec::with_capacity(256),
        })
    }

    fn hash(&mut self, row: usize) -> RowSum {
        self.bytes.clear();
        for column in &self.columns {
            column.write(row, &mut self.bytes);
        }
        RowSum::of_row(&self.bytes)
    }
}

/// The states in a column of them.
fn states(values: &[ArrayRef]) -> Result<impl Iterator<Item = RowSum> + '_> {
    let Some(states) = values.first().and_then(|v| v.as_fixed_size_binary_opt()) else {
        return internal_err!("content_digest has one state, a fixed-size binary");
    };
    Ok(states
        .iter()
        .map(|state| state.map(RowSum::from_state).unwrap_or_default()))
}

/// The rows of one group.
#[derive(Debug, Default)]
struct Rows(RowSum);

impl Accumulator for Rows {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let mut hasher = RowHasher::try_new(values)?;
        for row in 0..values.first().map_or(0, |v| v.len()) {
            self.0.add(&hasher.hash(row));
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let mut hasher = RowHasher::try_new(values)?;
        for row in 0..values.first().map_or(0, |v| v.len()) {
            self.0.subtract(&hasher.hash(row));
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        states(values)?.for_each(|state| self.0.add(&state));
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::FixedSizeBinary(
            STATE_BYTES,
            Some(self.0.state().to_vec()),
        )])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Utf8(Some(self.0.digest())))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

/// The rows of many groups.
#[derive(Debug, Default)]
struct Groups(Vec<RowSum>);

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.0.resize_with(total_num_groups, RowSum::default);
        let mut hasher = RowHasher::try_new(values)?;
        for (row, group) in group_indices.iter().enumerate() {
            if passes(filter, row) {
                self.0[*group].add(&hasher.hash(row));
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.0.resize_with(total_num_groups, RowSum::default);
        for (state, group) in states(values)?.zip(group_indices) {
            self.0[*group].add(&state);
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = emit_to.take_needed(&mut self.0);
        let mut digests = StringBuilder::with_capacity(sums.len(), 64 * sums.len());
        sums.iter().for_each(|sum| digests.append_value(sum.digest()));
        Ok(Arc::new(digests.finish()))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let sums = emit_to.take_needed(&mut self.0);
        column(sums.iter())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut hasher = RowHasher::try_new(values)?;
        let rows = 0..values.first().map_or(0, |v| v.len());
        let sums = rows.map(|row| {
            if passes(filter, row) {
                hasher.hash(row)
            } else {
                RowSum::default()
            }
        });
        let sums: Vec<_> = sums.collect();
        column(sums.iter())
    }

    fn size(&self) -> usize {
        self.0.capacity() * size_of::<RowSum>()
    }
}

/// Null does not pass.
fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|f| f.is_valid(row) && f.value(row))
}

fn column<'a>(sums: impl ExactSizeIterator<Item = &'a RowSum>) -> Result<Vec<ArrayRef>> {
    let mut states = FixedSizeBinaryBuilder::with_capacity(sums.len(), STATE_BYTES);
    for sum in sums {
        states.append_value(sum.state())?;
    }
    Ok(vec![Arc::new(states.finish())])
}
