//! Scalar functions: a kernel over the arguments of a batch, and what makes it a function of the engine.

mod call;

use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::{ExprSchema, Result, ScalarValue, internal_err};
use datafusion_expr::interval_arithmetic::Interval;
use datafusion_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion_expr::{
    ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use crate::narrow::{Asked, Narrowed};
use crate::spec::Spec;
pub(crate) use call::{Call, Ints, Texts};

/// What a scalar function computes.
pub(crate) trait Kernel: Debug + Send + Sync + 'static {
    /// What it is.
    const SPEC: &'static Spec;

    /// Whether any null argument makes the result null.
    const STRICT: bool = false;

    /// The least and the greatest value that any call gives.
    const BOUNDS: Option<(ScalarValue, ScalarValue)> = None;

    /// The type of the result and whether it may be null. The arguments fit the parameters.
    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)>;

    /// The results for the rows of a batch: of one row if all arguments are constant.
    fn compute(call: &Call) -> Result<ArrayRef>;

    /// What follows of the arguments of a call from what is asked of its value, where that has to be true.
    fn narrow(_args: &[Expr], _asked: &Asked, _schema: &dyn ExprSchema) -> Result<Option<Narrowed>> {
        Ok(None)
    }

    /// A cheaper form of a call, which gives the same in every row.
    fn simplify(args: Vec<Expr>, _info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        Ok(ExprSimplifyResult::Original(args))
    }
}

/// The function of a kernel.
pub(crate) fn function<K: Kernel>() -> Arc<ScalarUDF> {
    Arc::new(ScalarUDF::from(Function::<K> {
        signature: K::SPEC.signature(),
        documentation: K::SPEC.documentation(),
        kernel: PhantomData,
    }))
}

/// The arguments of `expr` if it is a call of the function of `K`.
pub(crate) fn arguments_of<K: Kernel>(expr: &Expr) -> Option<&[Expr]> {
    match expr {
        Expr::ScalarFunction(call) if call.func.inner().is::<Function<K>>() => Some(&call.args),
        _ => None,
    }
}

/// Whether any argument may be null.
pub(crate) fn any_nullable(args: &ReturnFieldArgs<'_>) -> bool {
    args.arg_fields.iter().any(|f| f.is_nullable())
}

pub(crate) struct Function<K> {
    signature: Signature,
    documentation: Documentation,
    kernel: PhantomData<K>,
}

impl<K: Kernel> Debug for Function<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(K::SPEC.name)
    }
}

impl<K> PartialEq for Function<K> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl<K> Eq for Function<K> {}

impl<K: Kernel> Hash for Function<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        K::SPEC.name.hash(state);
    }
}

impl<K: Kernel> ScalarUDFImpl for Function<K> {
    fn name(&self) -> &str {
        K::SPEC.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(K::SPEC.coerce(types))
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        internal_err!("{} says its type by its fields", K::SPEC.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        K::SPEC.check_fields(args.arg_fields)?;
        for i in 0..K::SPEC.parameters.len() {
            let Some(field) = args.arg_fields.get(i) else {
                K::SPEC.choice(i, None, false)?;
                continue;
            };
            // So `information_schema` names the arguments of an example of a call, of which it asks for the type.
            if args.scalar_arguments.iter().all(Option::is_none) && *field.name() == format!("arg_{i}") {
                continue;
            }
            K::SPEC.choice(i, args.scalar_arguments.get(i).copied().flatten(), true)?;
        }
        let (ty, nullable) = K::returns(&args)?;
        Ok(Arc::new(Field::new(self.name(), ty, nullable)))
    }

    fn is_strict(&self) -> bool {
        K::STRICT
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|a| matches!(a, ColumnarValue::Scalar(_)));
        let call = Call::new(K::SPEC, args, constant);
        let values = K::compute(&call)?;
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&values, 0)?));
        }
        Ok(ColumnarValue::Array(values))
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        K::simplify(args, info)
    }

    fn evaluate_bounds(&self, _inputs: &[&Interval]) -> Result<Interval> {
        match K::BOUNDS {
            Some((least, greatest)) => Interval::try_new(least, greatest),
            // As the engine's functions that say nothing.
            None => Interval::make_unbounded(&DataType::Null),
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}
