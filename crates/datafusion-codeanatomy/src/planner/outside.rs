//! Table functions with named parameters that stand in other crates.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{Result, plan_err};
use datafusion::execution::SessionState;
use datafusion::prelude::SessionContext;

use super::{Arguments, NamedArguments, Parameter};

/// A table function with named parameters that stands in another crate.
pub trait NamedTableFunction: fmt::Debug + Send + Sync {
    /// Its SQL name.
    fn name(&self) -> &'static str;

    /// Its parameters, in the order in which arguments without a name are taken.
    fn parameters(&self) -> &'static [Parameter];

    /// What it is about: the heading under which it is listed.
    fn section(&self) -> &'static str;

    /// What it gives: whole sentences, the first one a summary.
    fn description(&self) -> &'static str;

    /// A call as it is written. It may name tables that are not there.
    fn example(&self) -> &'static str;

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

/// Those that are registered in a session, by name.
pub(crate) fn functions_outside(session: &dyn Session) -> Vec<&dyn NamedTableFunction> {
    let Some(state) = session.as_any().downcast_ref::<SessionState>() else {
        return vec![];
    };
    let functions = state.table_functions().values();
    let outside = functions.filter_map(|f| {
        let function: &dyn TableFunctionImpl = f.function().as_ref();
        (function as &dyn Any).downcast_ref::<Outside>()
    });
    let mut outside: Vec<_> = outside.map(|function| function.0.as_ref()).collect();
    outside.sort_unstable_by_key(|function| function.name());
    outside
}

#[derive(Debug)]
struct Outside(Arc<dyn NamedTableFunction>);

impl TableFunctionImpl for Outside {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let arguments = Arguments::try_new(self.0.name(), self.0.parameters(), args.exprs())?;
        self.0.call(&arguments, args.session())
    }
}
