//! `qualified_name_parent(name)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct QualifiedNameParent;

impl Kernel for QualifiedNameParent {
    const SPEC: &'static Spec = &Spec {
        name: "qualified_name_parent",
        kind: Kind::Scalar,
        section: "Qualified names",
        parameters: &[Parameter::required("name", Class::Text, "The qualified name.")],
        returns: "VARCHAR",
        description: "The qualified name without its last part, and without the `<locals>` of a function that this leaves at the end.",
        nulls: "Null of null, and of a name of one part.",
        example: "SELECT qualified_name_parent('pkg.mod.f.<locals>.g')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let names = call.texts(0)?;
        fn parent(name: &str) -> Option<&str> {
            let (parent, _) = name.rsplit_once('.')?;
            let parent = parent.strip_suffix(".<locals>").unwrap_or(parent);
            Some(parent)
        }
        let mut parents = StringViewBuilder::with_capacity(call.rows);
        for row in 0..call.rows {
            parents.append_option(names.get(row).and_then(parent));
        }
        Ok(Arc::new(parents.finish()))
    }
}
