//! Object stores: those of URLs that no statement has named before are made from the environment.

use std::sync::Arc;

use datafusion::common::{Result, plan_err};
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::object_store::ObjectStore;
use datafusion_cli::object_storage::instrumented::InstrumentedObjectStoreRegistry;
use datafusion_cli::object_storage::{
    AwsOptions, GcpOptions, get_gcs_object_store_builder, get_s3_object_store_builder,
};
use tokio::runtime::Handle;
use url::Url;

/// The registry of a session. A store that it does not have is made as datafusion-cli makes it for an external table
/// without options: from variables such as `AWS_ACCESS_KEY_ID` and `AWS_ENDPOINT`, and files such as `~/.aws/credentials`.
#[derive(Debug)]
pub(crate) struct Stores(pub(crate) Arc<InstrumentedObjectStoreRegistry>);

/// A runtime for a command that runs no SQL of the user's.
pub(crate) fn runtime() -> RuntimeEnvBuilder {
    let stores = Stores(Arc::new(InstrumentedObjectStoreRegistry::new()));
    RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(stores))
}

impl ObjectStoreRegistry for Stores {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.0.register_store(url, store)
    }

    fn deregister_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        self.0.deregister_store(url)
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        if let Ok(store) = self.0.get_store(url) {
            return Ok(store);
        }
        let store = tokio::task::block_in_place(|| Handle::current().block_on(from_environment(url)))?;
        self.0.register_store(url, store);
        self.0.get_store(url)
    }
}

async fn from_environment(url: &Url) -> Result<Arc<dyn ObjectStore>> {
    if !url.username().is_empty() {
        return plan_err!(
            "'{url}' names a container before the host, and a session tells stores apart by their hosts; write \
             az://CONTAINER/PATH, with the account in AZURE_STORAGE_ACCOUNT_NAME"
        );
    }
    match url.scheme() {
        "s3" => {
            let builder = get_s3_object_store_builder(url, &AwsOptions::default(), false).await?;
            Ok(Arc::new(builder.build()?))
        }
        "gs" | "gcs" => {
            let builder = get_gcs_object_store_builder(url, &GcpOptions::default())?;
            Ok(Arc::new(builder.build()?))
        }
        "az" | "azure" | "abfs" | "abfss" if cfg!(feature = "azure") => codeanatomy_delta::store_from_environment(url),
        "az" | "azure" | "abfs" | "abfss" => {
            plan_err!("there is no object store for '{url}': this program was built without the feature azure")
        }
        _ => {
            plan_err!("there is no object store for '{url}'; there are s3://, gs:// and, with the feature azure, az://")
        }
    }
}
