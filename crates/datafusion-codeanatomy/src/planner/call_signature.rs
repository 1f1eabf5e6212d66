//! What the arguments of a call are put in order by, and what is said where they do not fit.

use datafusion::common::{Result, plan_err};
use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, Ident};

/// What calls of a function are checked by.
pub(super) struct Signature<'a> {
    pub(super) function: &'a str,
    pub(super) names: Vec<&'a str>,
    /// How errors show it.
    pub(super) text: String,
}

impl Signature<'_> {
    /// The arguments, each at its parameter. Positional ones come first, and no parameter has two.
    pub(super) fn slots(
        &self,
        args: Vec<FunctionArg>,
        normalize: impl Fn(Ident) -> String,
    ) -> Result<Vec<Option<FunctionArgExpr>>> {
        let (function, signature) = (self.function, &self.text);
        let mut slots: Vec<Option<FunctionArgExpr>> = vec![None; self.names.len()];
        let mut seen_named = false;
        for (i, arg) in args.into_iter().enumerate() {
            let (position, value) = match arg {
                FunctionArg::Unnamed(_) if seen_named => {
                    return plan_err!(
                        "{function}: a positional argument stands behind a named one; the function is {signature}"
                    );
                }
                FunctionArg::Unnamed(value) if i < slots.len() => (i, value),
                FunctionArg::Unnamed(_) => {
                    return plan_err!("{function}: too many arguments; the function is {signature}");
                }
                FunctionArg::Named { name, arg, .. }
                | FunctionArg::ExprNamed {
                    name: Expr::Identifier(name),
                    arg,
                    ..
                } => {
                    seen_named = true;
                    let name = normalize(name);
                    let Some(position) = self.names.iter().position(|p| *p == name) else {
                        return plan_err!("{function} has no parameter {name}; the function is {signature}");
                    };
                    (position, arg)
                }
                FunctionArg::ExprNamed { name, .. } => {
                    return plan_err!("{function}: {name} is no parameter name; the function is {signature}");
                }
            };
            if slots[position].replace(value).is_some() {
                let name = self.names[position];
                return plan_err!("{function}: the argument {name} is given twice; the function is {signature}");
            }
        }
        Ok(slots)
    }
}
