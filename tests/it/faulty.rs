//! Object stores of sessions: in memory, and failing on purpose.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::memory::InMemory;
use datafusion::object_store::path::Path as ObjectPath;
use datafusion::object_store::{
    CopyOptions, Error as StoreError, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result as StoreResult,
};
use datafusion::prelude::SessionContext;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};

/// A store whose objects are this session's, and which knows them by `memory://`.
pub(crate) fn in_memory(store: Arc<dyn ObjectStore>) -> SessionContext {
    let ctx = SessionContext::new();
    ctx.register_object_store(ObjectStoreUrl::parse("memory://").unwrap().as_ref(), store);
    ctx
}

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    /// The n-th request of any kind fails.
    Fails(usize),
    /// The n-th object that is read ends early: between two lines, if it has lines.
    Truncates(usize),
    /// The n-th object is written, and the answer is lost.
    Forgets(usize),
    /// The n-th object is written, and then again: a client that got no answer has asked once more.
    Repeats(usize),
    /// The n-th request of any kind waits before it is looked at.
    Delays(usize, Duration),
    /// What is listed comes in the reverse order, which a store may give as well as any.
    ListsBackwards,
    /// A rival writes before the first commit is put.
    IsOvertaken,
}

/// A store that fails on purpose.
pub(crate) struct Faulty {
    inner: Arc<InMemory>,
    fault: Fault,
    count: AtomicUsize,
    rival: Mutex<Option<Rival>>,
}

/// What somebody else does.
pub(crate) type Rival = Pin<Box<dyn Future<Output = ()> + Send>>;

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Faulty {
    pub(crate) fn new(inner: &Arc<InMemory>, fault: Fault) -> Arc<Self> {
        let (inner, count) = (Arc::clone(inner), AtomicUsize::new(0));
        let rival = Mutex::new(None);
        Arc::new(Self {
            inner,
            fault,
            count,
            rival,
        })
    }

    /// A store in which `rival` writes between what the first writer has read and its commit.
    pub(crate) fn overtaken(inner: &Arc<InMemory>, rival: Rival) -> Arc<Self> {
        let store = Self::new(inner, Fault::IsOvertaken);
        *store.rival.lock().unwrap() = Some(rival);
        store
    }

    fn rival(&self) -> Option<Rival> {
        self.rival.lock().unwrap().take()
    }

    /// Whether what is wrong has happened.
    pub(crate) fn has_failed(&self) -> bool {
        let n = match self.fault {
            Fault::Fails(n) | Fault::Truncates(n) | Fault::Forgets(n) | Fault::Repeats(n) | Fault::Delays(n, _) => n,
            Fault::ListsBackwards | Fault::IsOvertaken => return true,
        };
        self.count.load(Ordering::Relaxed) > n
    }

    fn is_due(&self, n: usize) -> bool {
        self.count.fetch_add(1, Ordering::Relaxed) == n
    }

    fn broken() -> StoreError {
        let source = "the connection was closed".into();
        StoreError::Generic {
            store: "faulty",
            source,
        }
    }

    async fn may_fail(&self) -> StoreResult<()> {
        match self.fault {
            Fault::Fails(n) if self.is_due(n) => Err(Self::broken()),
            Fault::Delays(n, time) if self.is_due(n) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, path: &ObjectPath, payload: PutPayload, options: PutOptions) -> StoreResult<PutResult> {
        self.may_fail().await?;
        if path.as_ref().contains("_delta_log")
            && let Some(rival) = self.rival()
        {
            rival.await;
        }
        let put = self.inner.put_opts(path, payload.clone(), options.clone()).await;
        match self.fault {
            Fault::Repeats(n) if self.is_due(n) => self.inner.put_opts(path, payload, options).await,
            Fault::Forgets(n) if self.is_due(n) => Err(Self::broken()),
            _ => put,
        }
    }

    async fn put_multipart_opts(
        &self,
        path: &ObjectPath,
        options: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        self.may_fail().await?;
        self.inner.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &ObjectPath, options: GetOptions) -> StoreResult<GetResult> {
        self.may_fail().await?;
        let mut got = self.inner.get_opts(path, options).await?;
        match self.fault {
            Fault::Truncates(n) if self.is_due(n) => {
                let (meta, range, attributes) = (got.meta.clone(), got.range.clone(), got.attributes.clone());
                let bytes = got.bytes().await?;
                let half = &bytes[..bytes.len() / 2];
                let end = half.iter().rposition(|byte| *byte == b'\n');
                let half = bytes.slice(..end.map_or(half.len(), |end| end + 1));
                got = GetResult {
                    payload: GetResultPayload::Stream(stream::iter([Ok(half)]).boxed()),
                    meta,
                    range,
                    attributes,
                };
                Ok(got)
            }
            _ => Ok(got),
        }
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, StoreResult<ObjectPath>>,
    ) -> BoxStream<'static, StoreResult<ObjectPath>> {
        match self.fault {
            Fault::Fails(n) if self.is_due(n) => stream::iter([Err(Self::broken())]).boxed(),
            _ => self.inner.delete_stream(locations),
        }
    }

    fn list(&self, prefix: Option<&ObjectPath>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        let listed = self.inner.list(prefix);
        match self.fault {
            // After the first.
            Fault::Fails(n) if self.is_due(n) => listed.take(1).chain(stream::iter([Err(Self::broken())])).boxed(),
            Fault::ListsBackwards => listed
                .collect::<Vec<_>>()
                .map(|listed| stream::iter(listed.into_iter().rev()))
                .flatten_stream()
                .boxed(),
            _ => listed,
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&ObjectPath>) -> StoreResult<ListResult> {
        self.may_fail().await?;
        let mut listed = self.inner.list_with_delimiter(prefix).await?;
        if self.fault == Fault::ListsBackwards {
            listed.objects.reverse();
            listed.common_prefixes.reverse();
        }
        Ok(listed)
    }

    async fn copy_opts(&self, from: &ObjectPath, to: &ObjectPath, options: CopyOptions) -> StoreResult<()> {
        self.may_fail().await?;
        self.inner.copy_opts(from, to, options).await
    }
}
