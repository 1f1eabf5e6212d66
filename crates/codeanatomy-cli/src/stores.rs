//! Object stores: those of URLs that no statement has named before are made from the environment.

mod none;

use std::str::FromStr;
use std::sync::Arc;

use codeanatomy_delta::{StoreOptions, make_store, no_option, refuse_container};
use datafusion::common::{Result, plan_err};
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::object_store::ObjectStore;
use datafusion::object_store::aws::AmazonS3ConfigKey;
use datafusion::object_store::gcp::GoogleConfigKey;
use datafusion_cli::object_storage::instrumented::InstrumentedObjectStoreRegistry;
use datafusion_cli::object_storage::{
    AwsOptions, GcpOptions, get_gcs_object_store_builder, get_s3_object_store_builder,
};
use datafusion_codeanatomy::wait;
use url::Url;

use none::NoStore;

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
        match of_options(url, &StoreOptions::new()) {
            Ok(store) => {
                self.0.register_store(url, store);
                self.0.get_store(url)
            }
            // datafusion-cli asks for one before a statement's options are looked at, and has no words of its own for its error.
            Err(error) if is_azure(url) => Ok(Arc::new(NoStore(error.strip_backtrace()))),
            Err(error) => Err(error),
        }
    }
}

fn is_azure(url: &Url) -> bool {
    matches!(url.scheme(), "az" | "azure" | "abfs" | "abfss")
}

/// The store of a URL from options, and from the environment for what they leave open.
pub(crate) fn of_options(url: &Url, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>> {
    refuse_container(url)?;
    match url.scheme() {
        "s3" => {
            let options = parsed(url, options)?;
            let given = |key| {
                options
                    .iter()
                    .find(|(name, _)| *name == key)
                    .map(|(_, value)| value.clone())
            };
            // What datafusion-cli would otherwise look for.
            let looked_for = AwsOptions {
                access_key_id: given(AmazonS3ConfigKey::AccessKeyId),
                secret_access_key: given(AmazonS3ConfigKey::SecretAccessKey),
                session_token: given(AmazonS3ConfigKey::Token),
                region: given(AmazonS3ConfigKey::Region).or_else(|| given(AmazonS3ConfigKey::DefaultRegion)),
                ..AwsOptions::default()
            };
            let url = url.clone();
            let builder = wait(async move { get_s3_object_store_builder(&url, &looked_for, false).await })?;
            let builder = options
                .into_iter()
                .fold(builder, |b, (key, value)| b.with_config(key, value));
            Ok(Arc::new(builder.build()?))
        }
        "gs" | "gcs" => {
            let options: Vec<(GoogleConfigKey, _)> = parsed(url, options)?;
            let builder = get_gcs_object_store_builder(url, &GcpOptions::default())?;
            let builder = options
                .into_iter()
                .fold(builder, |b, (key, value)| b.with_config(key, value));
            Ok(Arc::new(builder.build()?))
        }
        _ if is_azure(url) && cfg!(feature = "azure") => make_store(url, options),
        _ if is_azure(url) => {
            plan_err!("there is no object store for '{url}': this program was built without the feature azure")
        }
        _ => {
            plan_err!("there is no object store for '{url}'; there are s3://, gs:// and, with the feature azure, az://")
        }
    }
}

/// Options by the keys of a kind of store.
fn parsed<K: FromStr>(url: &Url, options: &StoreOptions) -> Result<Vec<(K, String)>> {
    let parse = |(key, value): (&String, &String)| match key.parse() {
        Ok(known) => Ok((known, value.clone())),
        Err(_) => no_option(key, url),
    };
    options.iter().map(parse).collect()
}
