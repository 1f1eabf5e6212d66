//! The one call that gives everything to a session.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::SessionState;
use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::register_table_functions;

use crate::copy::DeltaCopy;
use crate::function::functions;
use crate::table::{DeltaOptions, DeltaTableFactory};
use crate::write::NoteStatements;

/// How SQL names tables of this kind: `STORED AS DELTATABLE`.
pub(crate) const STORED_AS: &str = "DELTATABLE";

/// Registers everything of `datafusion_codeanatomy` and of this crate in `ctx`, in place: the table functions `delta_scan`,
/// `delta_changes`, `delta_history` and `delta_files`, external tables `STORED AS DELTATABLE` that can be read and written,
/// and `COPY … TO … STORED AS DELTATABLE`.
///
/// A second call changes nothing. Fails, before anything of this crate is registered, if the session has a table function
/// or a format of one of our names.
pub fn register_all(ctx: &SessionContext) -> Result<()> {
    datafusion_codeanatomy::register_all(ctx)?;
    if is_registered(&ctx.state_ref().read()) {
        return Ok(());
    }
    register_table_functions(ctx, functions())?;
    let state = ctx.state_ref();
    let mut state = state.write();
    state
        .table_factories_mut()
        .insert(STORED_AS.to_string(), Arc::new(DeltaTableFactory));
    state.register_table_options_extension(DeltaOptions::default());
    state.register_file_format(Arc::new(DeltaCopy { rule: None }), false)?;
    state.add_analyzer_rule(Arc::new(NoteStatements));
    Ok(())
}

fn is_registered(state: &SessionState) -> bool {
    state
        .analyzer()
        .rules
        .iter()
        .any(|rule| rule.name() == NoteStatements::NAME)
}
