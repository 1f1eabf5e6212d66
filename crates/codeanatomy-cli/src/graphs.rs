//! `codeanatomy graphs` and `codeanatomy vacuum`.

use std::io::Write;
use std::sync::Arc;

use codeanatomy_delta::DeltaGraph;
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use datafusion::config::FormatOptions;
use datafusion::error::DataFusionError;
use datafusion_cli::print_format::PrintFormat;
use datafusion_cli::print_options::MaxRows;
use datafusion_codeanatomy::store::{Place, Store, TableFormat, Vacuumed, vacuum};

use crate::args::{GraphsArgs, VacuumArgs};
use crate::failure::Failure;
use crate::stores;

/// Lists the versions of a graph.
pub(crate) async fn list(args: GraphsArgs) -> Result<(), Failure> {
    let place = Place::new(&args.dir, stores::runtime().build_arc()?.as_ref())?;
    let versions = Store::list(&place).await?;
    Ok(print(&mut std::io::stdout().lock(), &table(&versions)?, args.format)?)
}

fn table(versions: &[Store]) -> Result<RecordBatch, DataFusionError> {
    let number =
        |f: &dyn Fn(&Store) -> u64| Arc::new(versions.iter().map(|v| Some(f(v))).collect::<UInt64Array>()) as ArrayRef;
    let rows = |name: &'static str| {
        number(&move |v| {
            v.manifest()
                .tables
                .iter()
                .find(|t| t.name == name)
                .map_or(0, |t| t.rows)
        })
    };
    let stored = StringArray::from_iter_values(versions.iter().map(|v| v.entry().stored.name()));
    let folders = StringArray::from_iter_values(versions.iter().map(|v| &v.entry().folder));
    Ok(RecordBatch::try_from_iter([
        ("version", number(&|v| v.entry().version)),
        ("stored", Arc::new(stored) as ArrayRef),
        ("files", number(&|v| v.manifest().file_count)),
        ("nodes", rows("cpg_nodes")),
        ("edges", rows("cpg_edges")),
        ("contract_errors", number(&|v| v.manifest().contract_errors)),
        ("folder", Arc::new(folders) as ArrayRef),
    ])?)
}

/// Forgets old versions.
pub(crate) async fn forget(args: VacuumArgs) -> Result<(), Failure> {
    let runtime = stores::runtime().build_arc()?;
    let place = Place::new(&args.dir, &runtime)?;
    let formats: [Arc<dyn TableFormat>; 1] = [Arc::new(DeltaGraph::new(runtime))];
    let done = vacuum(&place, args.keep, &formats).await?;
    let mut out = std::io::stdout().lock();
    print(&mut out, &removed(&done)?, args.format)?;
    if matches!(args.format, PrintFormat::Automatic | PrintFormat::Table) {
        writeln!(
            out,
            "{} versions stay, {} are forgotten, {} files and folders are gone",
            done.kept.len(),
            done.forgotten.len(),
            done.removed.len()
        )?;
    }
    Ok(())
}

fn removed(done: &Vacuumed) -> Result<RecordBatch, DataFusionError> {
    let removed = StringArray::from_iter_values(&done.removed);
    Ok(RecordBatch::try_from_iter([(
        "removed",
        Arc::new(removed) as ArrayRef,
    )])?)
}

fn print(out: &mut impl Write, batch: &RecordBatch, format: PrintFormat) -> Result<(), DataFusionError> {
    let shown = match format {
        PrintFormat::Automatic => PrintFormat::Table,
        other => other,
    };
    let plain = FormatOptions::default();
    shown.print_batches(
        out,
        batch.schema(),
        std::slice::from_ref(batch),
        MaxRows::Unlimited,
        true,
        &plain,
    )
}
