//! The session as datafusion-cli's runner sees it.
//!
//! datafusion-cli makes the object store of every URL that a statement names, from that statement's options and the environment, and
//! registers it in place of the one that was there. So a statement without options would change what tables see whose statement had
//! named some, and one whose table has a store of its own (`delta.storage.*`) would fail for want of variables that it does not
//! need. Here a store that the session has stays, unless a statement names options of the session's store (`aws.*`, `gcp.*`); and
//! none is made for a table that has its own.

use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::common::config::{ConfigExtension, ExtensionOptions};
use datafusion::common::{DataFusionError, Result, TableReference};
use datafusion::dataframe::DataFrame;
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::{SessionState, TaskContext};
use datafusion::logical_expr::{DdlStatement, LogicalPlan};
use datafusion::object_store::ObjectStore;
use datafusion::prelude::SessionContext;
use datafusion_cli::cli_context::CliSessionContext;
use datafusion_cli::object_storage::instrumented::InstrumentedObjectStoreRegistry;
use datafusion_cli::object_storage::{AwsOptions, GcpOptions, get_s3_object_store_builder};
use url::Url;

/// A session that runs statements.
pub(crate) struct Statements {
    pub(crate) ctx: SessionContext,
    registry: Arc<InstrumentedObjectStoreRegistry>,
    offered: Mutex<Vec<(Url, Arc<dyn ObjectStore>)>>,
    /// The table whose statement failed for its store. datafusion-cli tries it again, in the region that it has looked up.
    failed: Mutex<Option<TableReference>>,
}

impl Statements {
    pub(crate) fn new(ctx: SessionContext, registry: Arc<InstrumentedObjectStoreRegistry>) -> Self {
        Self {
            ctx,
            registry,
            offered: Mutex::default(),
            failed: Mutex::default(),
        }
    }
}

/// Takes what is there.
fn taken<T: Default>(mutex: &Mutex<T>) -> T {
    take(&mut *mutex.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The options of a statement that names a place.
fn options(plan: &LogicalPlan) -> Vec<(&str, &str)> {
    let options = match plan {
        LogicalPlan::Ddl(DdlStatement::CreateExternalTable(table)) => &table.options,
        LogicalPlan::Copy(copy) => &copy.options,
        _ => return vec![],
    };
    let mut options: Vec<_> = options
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    options.sort_unstable();
    options
}

/// Whether options are of the session's store.
fn are_of_session(options: &[(&str, &str)]) -> bool {
    let namespaces = [AwsOptions::PREFIX, GcpOptions::PREFIX];
    let namespace = |key: &str| key.split_once('.').map_or("", |(namespace, _)| namespace).to_owned();
    options
        .iter()
        .any(|(key, _)| namespaces.contains(&namespace(key).as_str()))
}

/// The store of S3 as datafusion-cli makes it for a statement with these options.
async fn s3(url: &Url, options: &[(&str, &str)], resolve_region: bool) -> Result<Arc<dyn ObjectStore>> {
    let mut aws = AwsOptions::default();
    for (key, value) in options.iter().filter(|(key, _)| key.starts_with("aws.")) {
        aws.set(key, value)?;
    }
    let builder = get_s3_object_store_builder(url, &aws, resolve_region).await?;
    Ok(Arc::new(builder.build()?))
}

fn external_table(plan: &LogicalPlan) -> Option<TableReference> {
    match plan {
        LogicalPlan::Ddl(DdlStatement::CreateExternalTable(table)) => Some(table.name.clone()),
        _ => None,
    }
}

#[async_trait]
impl CliSessionContext for Statements {
    fn task_ctx(&self) -> Arc<TaskContext> {
        self.ctx.task_ctx()
    }

    fn session_state(&self) -> SessionState {
        self.ctx.state()
    }

    fn register_object_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        let mut offered = self.offered.lock().unwrap_or_else(PoisonError::into_inner);
        offered.push((url.clone(), store));
        None
    }

    fn register_table_options_extension_from_scheme(&self, scheme: &str) {
        if scheme == "s3" {
            // With these datafusion-cli looks for no credentials and no region. What it makes of them is thrown away.
            self.ctx.register_table_options_extension(AwsOptions {
                access_key_id: Some(String::new()),
                secret_access_key: Some(String::new()),
                region: Some("none".to_owned()),
                ..AwsOptions::default()
            });
        } else {
            CliSessionContext::register_table_options_extension_from_scheme(&self.ctx, scheme);
        }
    }

    async fn execute_logical_plan(&self, plan: LogicalPlan) -> Result<DataFrame> {
        let table = external_table(&plan);
        let again = taken(&self.failed).is_some_and(|failed| Some(&failed) == table.as_ref());
        let options = options(&plan);
        let has_own = options.iter().any(|(key, _)| key.starts_with("delta.storage."));
        for (url, store) in taken(&self.offered) {
            let stays = !again && !are_of_session(&options) && (has_own || self.registry.get_store(&url).is_ok());
            if stays {
                continue;
            }
            let store = match url.scheme() {
                // As an error of another kind: datafusion-cli takes those of S3 for those of a wrong region.
                "s3" => s3(&url, &options, again)
                    .await
                    .map_err(|e| e.context(format!("the object store of '{url}'")))?,
                _ => store,
            };
            self.ctx.register_object_store(&url, store);
        }
        let done = self.ctx.execute_logical_plan(plan).await;
        if let Err(DataFusionError::ObjectStore(_)) = &done {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = table;
        }
        done
    }
}
