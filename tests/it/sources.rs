//! Where source code may be, and the three forms in which SQL reaches it: the same rows from all.

use std::fmt;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use codeanatomy_model::CATALOGUE;
use datafusion::object_store::memory::InMemory;
use datafusion::object_store::path::Path as ObjectPath;
use datafusion::object_store::throttle::{ThrottleConfig, ThrottledStore};
use datafusion::object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result as StoreResult,
};
use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::{SourceOptions, attach_source, register_all};
use futures::stream::BoxStream;

use crate::{folder, lines, rows, write};

const FILES: &[(&str, &str)] = &[
    ("pkg/__init__.py", "from .a import f\n"),
    ("pkg/a.py", "def f(x):\n    return g(x, 1)\n"),
    (
        "pkg/b.py",
        "import pkg\n\n\nclass C:\n    def m(self):\n        return pkg.f(self)\n",
    ),
    ("notes.txt", "nothing\n"),
    (".hidden.py", "x = 1\n"),
];

fn context() -> SessionContext {
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    ctx
}

async fn memory(files: &[(&str, &str)]) -> InMemory {
    let store = InMemory::new();
    for (path, text) in files {
        let location = ObjectPath::from(format!("some/where/{path}"));
        store.put(&location, text.as_bytes().to_vec().into()).await.unwrap();
    }
    store
}

fn register(ctx: &SessionContext, store: impl ObjectStore) {
    let url = "memory://here".try_into().unwrap();
    ctx.register_object_store(&url, Arc::new(store));
}

const QUESTIONS: &[&str] = &[
    "SELECT path, callee, bstart, bend, call_id FROM calls{} ORDER BY path, bstart",
    "SELECT path, module, size, content_hash, line_count FROM files{} ORDER BY path",
    "SELECT path, qualified_name, def_id FROM definitions{} ORDER BY path, bstart",
    "SELECT path, node_id, kind, name FROM ast_nodes{} ORDER BY path, node_id",
];

async fn answers(ctx: &SessionContext, arguments: &str) -> Vec<Vec<String>> {
    let mut answers = vec![];
    for question in QUESTIONS {
        answers.push(lines(ctx, &question.replace("{}", &format!("({arguments})"))).await);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_and_an_object_store_with_the_same_files_give_the_same_rows() {
    let source = folder(FILES);
    let ctx = context();
    let expected = answers(&ctx, &format!("source => '{}'", source.path().display())).await;
    assert!(expected.iter().all(|rows| rows.len() > 1), "{expected:?}");

    register(&ctx, memory(FILES).await);
    assert_eq!(answers(&ctx, "source => 'memory://here/some/where'").await, expected);
    let url = format!("source => 'file://{}/'", source.path().display());
    assert_eq!(answers(&ctx, &url).await, expected);

    let wait = Duration::from_millis(2);
    let config = ThrottleConfig {
        wait_get_per_call: wait,
        wait_list_per_call: wait,
        ..ThrottleConfig::default()
    };
    register(&ctx, ThrottledStore::new(memory(FILES).await, config));
    assert_eq!(answers(&ctx, "source => 'memory://here/some/where'").await, expected);

    let one = "source => 'memory://here/some/where/pkg/a.py'";
    let sql = format!("SELECT path, callee FROM calls({one})");
    assert_eq!(lines(&ctx, &sql).await, ["a.py | g"]);
    let scope =
        "SELECT path, reason FROM file_scope(source => 'memory://here/some/where') WHERE NOT included ORDER BY path";
    assert_eq!(
        lines(&ctx, scope).await,
        [".hidden.py | hidden", "notes.txt | language"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_cannot_be_had_is_a_diagnostic_and_the_others_are_there() {
    let ctx = context();
    register(
        &ctx,
        Failing {
            inner: memory(FILES).await,
        },
    );
    let errors = "SELECT path, source, message FROM parse_errors(source => 'memory://here/some/where')";
    assert_eq!(
        lines(&ctx, errors).await,
        ["pkg/a.py | read | the file cannot be read: other error"]
    );
    let files = "SELECT path, status FROM files(source => 'memory://here/some/where') ORDER BY path";
    assert_eq!(
        lines(&ctx, files).await,
        ["pkg/__init__.py | ok", "pkg/a.py | unreadable", "pkg/b.py | ok"]
    );
    let error = rows(&ctx, "SELECT * FROM files(source => 'nowhere://x/y')")
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("nowhere://x"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_read_without_a_checkout() {
    let source = folder(FILES);
    let git = |arguments: &[&str]| {
        let status = Command::new("git")
            .args([
                "-c",
                "user.name=n",
                "-c",
                "user.email=e@example.org",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(arguments)
            .current_dir(source.path())
            .output()
            .unwrap();
        assert!(status.status.success(), "{status:?}");
    };
    let ctx = context();
    let before = answers(&ctx, &format!("source => '{}'", source.path().display())).await;
    git(&["init", "--quiet"]);
    git(&["add", "--force", "."]);
    git(&["commit", "--quiet", "-m", "one"]);
    write(source.path(), "pkg/a.py", "def h(x): pass\n");
    git(&["commit", "--quiet", "-am", "two"]);
    std::fs::remove_file(source.path().join("pkg/b.py")).unwrap();

    let place = source.path().display().to_string();
    assert_eq!(
        answers(&ctx, &format!("source => '{place}', rev => 'HEAD~1'")).await,
        before
    );
    let clone = folder(&[]);
    let bare = clone.path().join("bare.git").display().to_string();
    git(&["clone", "--quiet", "--bare", ".", &bare]);
    assert_eq!(
        answers(&ctx, &format!("source => '{bare}', rev => 'HEAD~1'")).await,
        before
    );
    let inside = rows(
        &ctx,
        &format!("SELECT * FROM calls(source => '{bare}/refs', rev => 'HEAD')"),
    )
    .await;
    let inside = inside.unwrap_err().to_string();
    assert!(
        inside.contains("is a folder inside of a repository without a work tree"),
        "{inside}"
    );
    let below =
        format!("SELECT path, name FROM definitions(source => '{place}/pkg', rev => 'HEAD') ORDER BY path, bstart");
    assert_eq!(lines(&ctx, &below).await, ["a.py | h", "b.py | C", "b.py | m"]);
    let bad = format!("SELECT * FROM calls(source => '{place}', rev => 'no-such')");
    let error = rows(&ctx, &bad).await.unwrap_err().to_string();
    assert!(
        error.contains("the revision 'no-such' is none of its repository"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn function_external_table_and_attached_source_give_the_same_rows() {
    let source = folder(FILES);
    let place = source.path().display().to_string();
    let attached = context();
    attach_source(&attached, source.path(), &SourceOptions::default())
        .await
        .unwrap();
    let external = context();
    for contract in CATALOGUE.iter().filter(|c| c.requires.is_none()) {
        let (name, order) = (contract.name, contract.order.join(", "));
        let sql = format!("CREATE EXTERNAL TABLE \"{name}\" STORED AS CODEANATOMY LOCATION '{place}'");
        rows(&external, &sql).await.unwrap();
        let by_function = format!("SELECT * FROM \"{name}\"(source => '{place}') ORDER BY {order}");
        let expected = lines(&context(), &by_function).await;
        let by_name = format!("SELECT * FROM \"{name}\" ORDER BY {order}");
        assert_eq!(lines(&attached, &by_name).await, expected, "{name}");
        assert_eq!(lines(&external, &by_name).await, expected, "{name}");
    }
}

/// Fails to read `a.py`, as often as it is tried.
#[derive(Debug)]
struct Failing {
    inner: InMemory,
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failing")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Failing {
    async fn put_opts(&self, location: &ObjectPath, payload: PutPayload, opts: PutOptions) -> StoreResult<PutResult> {
        self.inner.put_opts(location, payload, opts).await
    }

    async fn put_multipart_opts(
        &self,
        location: &ObjectPath,
        opts: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &ObjectPath, options: GetOptions) -> StoreResult<GetResult> {
        if location.filename() == Some("a.py") {
            let source = "it is meant to fail".into();
            return Err(datafusion::object_store::Error::Generic {
                store: "failing",
                source,
            });
        }
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, StoreResult<ObjectPath>>,
    ) -> BoxStream<'static, StoreResult<ObjectPath>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&ObjectPath>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&ObjectPath>) -> StoreResult<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &ObjectPath, to: &ObjectPath, options: CopyOptions) -> StoreResult<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
