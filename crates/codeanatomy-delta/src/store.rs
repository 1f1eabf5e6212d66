//! Object stores that are made here: from the options of a statement, or from the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use datafusion::common::{Result, plan_err};
use datafusion::object_store::ObjectStore;
use deltalake::logstore::{object_store_factories, store_for};
use url::Url;

/// Options of an object store by their names in the crate `object_store`, as `aws_region`.
pub type StoreOptions = BTreeMap<String, String>;

/// How a host makes the object store of a table whose statement names options, as an extension of the session's config. Without
/// it [`make_store`] does.
///
/// It is given the URL of the store itself (scheme and host) and the options, at least one. An option that it does not know is an error.
#[derive(Clone, Copy)]
pub struct MakeStore(pub fn(&Url, &StoreOptions) -> Result<Arc<dyn ObjectStore>>);

impl fmt::Debug for MakeStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MakeStore").finish_non_exhaustive()
    }
}

/// The object store of a URL, made by delta-rs from options, and from variables of the environment for what they leave open, if the
/// crate's feature of its kind is on.
///
/// Fails for an option that no store of this kind has, and where delta-rs makes none.
pub fn make_store(url: &Url, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>> {
    let base = base(url);
    let scheme = Url::parse(&format!("{}://", base.scheme())).ok();
    if !scheme.is_some_and(|scheme| object_store_factories().contains_key(&scheme)) {
        return plan_err!(
            "this program was built without a store for '{base}'; the crate's features are s3, gcs and azure"
        );
    }
    if let Some(key) = options.keys().find(|key| !has_option(base.scheme(), key)) {
        return no_option(key, &base);
    }
    let given = options.iter().map(|(key, value)| (key.clone(), value.clone()));
    store_for(&base, given).map_err(|e| crate::error::of_table(base.as_str(), e))
}

/// The error of an option that the store of a URL does not have.
pub fn no_option<T>(key: &str, url: &Url) -> Result<T> {
    plan_err!(
        "there is no option 'delta.storage.{key}' of the store '{url}'; options are those of the crate object_store, as aws_region, \
         google_service_account_key and azure_storage_account_name"
    )
}

/// Whether a store has an option. delta-rs leaves out what it does not know.
fn has_option(scheme: &str, key: &str) -> bool {
    let _ = key;
    match scheme {
        #[cfg(feature = "s3")]
        "s3" | "s3a" => key.parse::<datafusion::object_store::aws::AmazonS3ConfigKey>().is_ok(),
        #[cfg(feature = "gcs")]
        "gs" => key.parse::<datafusion::object_store::gcp::GoogleConfigKey>().is_ok(),
        #[cfg(feature = "azure")]
        "az" | "adl" | "azure" | "abfs" | "abfss" => {
            key.parse::<datafusion::object_store::azure::AzureConfigKey>().is_ok()
        }
        // Folders and memory have none.
        _ => false,
    }
}

/// The URL of the store itself: scheme, host and port.
pub(crate) fn base(url: &Url) -> Url {
    let mut base = url.clone();
    base.set_path("");
    base.set_query(None);
    base.set_fragment(None);
    base
}

/// Fails for a URL such as `abfss://container@account…`: a session tells stores apart by scheme and host.
pub fn refuse_container(url: &Url) -> Result<()> {
    match url.username().is_empty() {
        true => Ok(()),
        false => plan_err!(
            "'{url}' names a container before the host, and a session tells stores apart by their hosts; write \
             az://CONTAINER/PATH, with the account in AZURE_STORAGE_ACCOUNT_NAME or 'delta.storage.azure_storage_account_name'"
        ),
    }
}
