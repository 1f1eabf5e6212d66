//! Where a Delta table is, and the object store through which it is read and written: the host's.

use std::collections::BTreeMap;
use std::path::{Path, absolute};
use std::sync::Arc;

use datafusion::common::{Result, exec_err, plan_datafusion_err, plan_err};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::object_store::ObjectStore;
use datafusion::object_store::path::Path as ObjectPath;
use datafusion::object_store::prefix::PrefixStore;
use deltalake::logstore::{LogStoreRef, StorageConfig, logstore_factories, object_store_factories, store_for};
use url::Url;

use crate::whole::Whole;

/// Options of a store that a statement brings, as `aws_region`.
pub(crate) type StorageOptions = BTreeMap<String, String>;

/// The place of a Delta table.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    url: Url,
    shown: String,
}

impl Location {
    /// A folder, or a URL.
    pub(crate) fn new(uri: &str) -> Result<Self> {
        let shown = uri.trim_end_matches('/').to_string();
        if shown.is_empty() {
            return plan_err!("the URI of a Delta table is empty");
        }
        let url = if uri.contains("://") {
            Url::parse(uri).map_err(|e| plan_datafusion_err!("'{uri}' is no URL: {e}"))?
        } else {
            let path = absolute(Path::new(&shown))?;
            match Url::from_directory_path(&path) {
                Ok(url) => url,
                Err(()) => return plan_err!("'{uri}' is no path of a folder"),
            }
        };
        if !url.username().is_empty() {
            return plan_err!(
                "'{uri}' names a container before the host, and a session tells stores apart by their hosts; write \
                 az://CONTAINER/PATH, with the account in AZURE_STORAGE_ACCOUNT_NAME"
            );
        }
        Ok(Self { url, shown })
    }

    /// As a user wrote it.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The store of the log and the files. It is the one that the session has for the URL; where it has none, `options` make
    /// one, which becomes the session's.
    ///
    /// A commit is a conditional put: of several writers of one version the first wins.
    pub(crate) fn log_store(&self, runtime: &RuntimeEnv, options: &StorageOptions) -> Result<LogStoreRef> {
        let root: Arc<dyn ObjectStore> = Arc::new(Whole(self.store(runtime, options)?));
        let prefixed = Arc::new(PrefixStore::new(Arc::clone(&root), self.path()?));
        // What a scheme has of its own, such as locks in another service, is left out: the store is the host's.
        let standard = Url::parse("memory://").ok().and_then(|scheme| {
            let factories = logstore_factories();
            factories.get(&scheme).map(|f| Arc::clone(f.value()))
        });
        let Some(standard) = standard else {
            return exec_err!("delta-rs has no standard log store");
        };
        let config = StorageConfig::default();
        standard
            .with_options(prefixed, root, &self.url, &config)
            .map_err(|e| crate::error::of_table(&self.shown, e))
    }

    /// The names of the folders in it, in their order; none if it is not there.
    pub(crate) async fn folders(&self, runtime: &RuntimeEnv) -> Result<Vec<String>> {
        let store = self.store(runtime, &StorageOptions::new())?;
        let listed = store.list_with_delimiter(Some(&self.path()?)).await?;
        let names = listed.common_prefixes.iter().filter_map(|path| path.filename());
        let mut names: Vec<_> = names.map(str::to_string).collect();
        names.sort_unstable();
        Ok(names)
    }

    fn path(&self) -> Result<ObjectPath> {
        ObjectPath::from_url_path(self.url.path())
            .map_err(|e| plan_datafusion_err!("'{}' is no place of a Delta table: {e}", self.shown))
    }

    fn store(&self, runtime: &RuntimeEnv, options: &StorageOptions) -> Result<Arc<dyn ObjectStore>> {
        let base = base(&self.url);
        if let Ok(store) = runtime.object_store(DataFusionUrl(&base)) {
            return Ok(store);
        }
        if options.is_empty() {
            return plan_err!(
                "the session has no object store for '{base}'; register one, or give options such as \
                 'delta.storage.aws_region'"
            );
        }
        let store = make_store(&base, options, &self.shown)?;
        runtime.register_object_store(&base, Arc::clone(&store));
        Ok(store)
    }
}

/// The URL of the store itself: scheme, host and port.
fn base(url: &Url) -> Url {
    let mut base = url.clone();
    base.set_path("");
    base.set_query(None);
    base.set_fragment(None);
    base
}

/// The object store of a URL, made by delta-rs from variables of the environment, if the feature of its kind is on.
pub fn store_from_environment(url: &Url) -> Result<Arc<dyn ObjectStore>> {
    // delta-rs would put the path of the URL before all names.
    make_store(&base(url), &StorageOptions::new(), url.as_str())
}

fn make_store(base: &Url, options: &StorageOptions, shown: &str) -> Result<Arc<dyn ObjectStore>> {
    let scheme = Url::parse(&format!("{}://", base.scheme())).ok();
    if !scheme.is_some_and(|scheme| object_store_factories().contains_key(&scheme)) {
        return plan_err!(
            "this program was built without a store for '{base}'; the crate's features are s3, gcs and azure"
        );
    }
    let given = options.iter().map(|(key, value)| (key.clone(), value.clone()));
    store_for(base, given).map_err(|e| crate::error::of_table(shown, e))
}

/// What the engine's registry is asked by.
struct DataFusionUrl<'a>(&'a Url);

impl AsRef<Url> for DataFusionUrl<'_> {
    fn as_ref(&self) -> &Url {
        self.0
    }
}
