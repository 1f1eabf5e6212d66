//! Table functions with named parameters that stand in other crates.

use std::fmt;
use std::sync::Arc;

use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{Result, plan_err};
use datafusion::prelude::SessionContext;

use super::{Arguments, NamedArguments, Parameter};

/// A table function with named parameters that stands in another crate.
pub trait NamedTableFunction: fmt::Debug + Send + Sync {
    /// Its SQL name.
    fn name(&self) -> &'static str;

    /// Its parameters, in the order in which arguments without a name are taken.
    fn parameters(&self) -> &'static [Parameter];

    /// The table that it is for these arguments.
    fn call(&self, arguments: &Arguments<'_>, session: &dyn Session) -> Result<Arc<dyn TableProvider>>;
}

/// Registers table functions whose arguments may be given by name. Fails, before anything is changed, if the session has a
/// table function of one of these names.
pub fn register_table_functions(ctx: &SessionContext, functions: Vec<Arc<dyn NamedTableFunction>>) -> Result<()> {
    let state = ctx.state_ref();
    let mut state = state.write();
    let taken = functions.iter().map(|f| f.name());
    let taken: Vec<_> = taken.filter(|n| state.table_functions().contains_key(*n)).collect();
    if !taken.is_empty() {
        return plan_err!(
            "the session already has table functions of our names: {}",
            taken.join(", ")
        );
    }
    let parameters: Vec<_> = functions.iter().map(|f| (f.name(), f.parameters())).collect();
    for function in functions {
        state.register_udtf(function.name(), Arc::new(Outside(function)));
    }
    state.register_relation_planner(Arc::new(NamedArguments::of_others(parameters)))
}

#[derive(Debug)]
struct Outside(Arc<dyn NamedTableFunction>);

impl TableFunctionImpl for Outside {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let arguments = Arguments::try_new(self.0.name(), self.0.parameters(), args.exprs())?;
        self.0.call(&arguments, args.session())
    }
}
