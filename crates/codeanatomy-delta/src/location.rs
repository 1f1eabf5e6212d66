//! Where a Delta table is, and the object store through which it is read and written: the host's, or one of the table's own.

use std::path::{Path, absolute};
use std::sync::Arc;

use datafusion::catalog::Session;
use datafusion::common::{DataFusionError, Result, exec_err, plan_datafusion_err, plan_err};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::object_store::ObjectStore;
use datafusion::object_store::path::Path as ObjectPath;
use datafusion::object_store::prefix::PrefixStore;
use deltalake::logstore::{LogStoreRef, StorageConfig, logstore_factories};
use url::Url;

use crate::store::{MakeStore, StoreOptions, base, make_store, refuse_container};
use crate::whole::Whole;

/// The place of a Delta table.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    /// With the scheme under which the session has the store.
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
        refuse_container(&url)?;
        Ok(Self { url, shown })
    }

    /// The same place in a store of its own, which a statement's options make. Other tables of the host or bucket do not see it.
    ///
    /// The session's registry has it under a scheme of its own, by which the plan of a scan finds it: `s3+` and a hash of the options.
    pub(crate) fn with_options(mut self, options: &StoreOptions, session: &dyn Session) -> Result<Self> {
        let Some(first) = options.keys().next() else {
            return Ok(self);
        };
        if matches!(self.url.scheme(), "file" | "memory") {
            return plan_err!(
                "'{}' is in no object store that options could make; leave 'delta.storage.{first}' out",
                self.shown
            );
        }
        let store = base(&self.url);
        let make = session.config().get_extension::<MakeStore>();
        let make = make.map_or(make_store as fn(&_, &_) -> _, |make| make.0);
        let mut hash = blake3::Hasher::new();
        for text in options.iter().flat_map(|(key, value)| [key, value]) {
            hash.update(&text.len().to_le_bytes()).update(text.as_bytes());
        }
        let scheme = format!("{}+{}", self.url.scheme(), &hash.finalize().to_hex()[..16]);
        // A URL may not change to any scheme.
        let own = |url: &Url| {
            format!(
                "{scheme}{}",
                url.as_str().strip_prefix(url.scheme()).unwrap_or_default()
            )
        };
        let parsed = |url: String| Url::parse(&url).map_err(|e| plan_datafusion_err!("'{url}' is no URL: {e}"));
        let (own_store, own_url) = (parsed(own(&store))?, parsed(own(&self.url))?);
        let made = make(&store, options)?;
        session.runtime_env().register_object_store(&own_store, made);
        self.url = own_url;
        Ok(self)
    }

    /// As a user wrote it.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The store of the log and the files, as the session has it for the URL.
    ///
    /// A commit is a conditional put: of several writers of one version the first wins.
    pub(crate) fn log_store(&self, runtime: &RuntimeEnv) -> Result<LogStoreRef> {
        let root: Arc<dyn ObjectStore> = Arc::new(Whole(self.store(runtime)?));
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
        let store = self.store(runtime)?;
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

    fn store(&self, runtime: &RuntimeEnv) -> Result<Arc<dyn ObjectStore>> {
        let base = base(&self.url);
        match runtime.object_store(DataFusionUrl(&base)) {
            // What the engine's own registry says of a URL that it does not know.
            Err(DataFusionError::Internal(_)) => plan_err!(
                "the session has no object store for '{base}'; register one, or give options such as \
                 'delta.storage.aws_region'"
            ),
            other => other,
        }
    }
}

/// What the engine's registry is asked by.
struct DataFusionUrl<'a>(&'a Url);

impl AsRef<Url> for DataFusionUrl<'_> {
    fn as_ref(&self) -> &Url {
        self.0
    }
}
