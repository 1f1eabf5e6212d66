//! Two writers at once, the one between what the other has read and its commit: what is there afterwards is what one after the
//! other would have made, or the slower one says that it conflicts.

use std::collections::BTreeMap;
use std::sync::Arc;

use codeanatomy_delta::{attach_tables, register_all};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::memory::InMemory;
use datafusion::prelude::SessionContext;
use deltalake::kernel::{DataType, StructField};
use deltalake::logstore::{StorageConfig, logstore_with};
use deltalake::{DeltaTable, DeltaTableError};
use futures::FutureExt;
use url::Url;

use crate::faulty::{Faulty, Rival, in_memory};
use crate::{lines, rows};

/// What a table is: rows by their id, another column, a property.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    rows: BTreeMap<i64, i64>,
    has_column: bool,
    has_property: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Write {
    Append,
    Delete,
    Update,
    Merge,
    Overwrite,
    /// Other rows and columns, by `CREATE OR REPLACE TABLE`.
    Replace,
    /// By another program.
    AddColumn,
    /// By another program.
    SetProperty,
}

use Write::{AddColumn, Append, Delete, Merge, Overwrite, Replace, SetProperty, Update};

const WRITES: [Write; 8] = [
    Append,
    Delete,
    Update,
    Merge,
    Overwrite,
    Replace,
    AddColumn,
    SetProperty,
];
const TABLE: &str = "memory:///lake/t";
const PROPERTY: &str = "delta.logRetentionDuration";

impl Write {
    /// Two of one kind write the same ids, but for `Append`.
    fn sql(self, who: i64) -> Option<String> {
        Some(match self {
            Append => format!("INSERT INTO t(id, n) VALUES ({}, 1)", 100 + who),
            Delete => "DELETE FROM t WHERE id > 8".to_string(),
            Update => "UPDATE t SET n = n + 1 WHERE id < 3".to_string(),
            Merge => {
                "MERGE INTO t USING (VALUES (2), (11)) AS s(k) ON t.id = s.k WHEN MATCHED THEN UPDATE SET n = n + 10 \
                      WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.k, 4)"
                    .to_string()
            }
            Overwrite => "INSERT OVERWRITE t(id, n) VALUES (1, 7)".to_string(),
            Replace => {
                "CREATE OR REPLACE TABLE lake.t AS SELECT id, n + 100 AS n, 'x' AS extra FROM lake.t".to_string()
            }
            AddColumn | SetProperty => return None,
        })
    }

    /// One after the other.
    fn apply(self, who: i64, mut state: State) -> State {
        match self {
            Append => {
                state.rows.insert(100 + who, 1);
            }
            Delete => state.rows.retain(|id, _| *id <= 8),
            Update => {
                let small = state.rows.iter_mut().filter(|(id, _)| **id < 3);
                small.for_each(|(_, n)| *n += 1);
            }
            Merge => {
                state.rows.entry(2).and_modify(|n| *n += 10).or_insert(4);
                state.rows.entry(11).and_modify(|n| *n += 10).or_insert(4);
            }
            Overwrite => state.rows = BTreeMap::from([(1, 7)]),
            Replace => {
                state.rows.values_mut().for_each(|n| *n += 100);
                state.has_column = true;
            }
            AddColumn => state.has_column = true,
            SetProperty => state.has_property = true,
        }
        state
    }

    async fn run(self, who: i64, ctx: &SessionContext) -> Result<()> {
        if let Some(sql) = self.sql(who) {
            let open = "CREATE EXTERNAL TABLE IF NOT EXISTS t STORED AS DELTATABLE LOCATION 'memory:///lake/t'";
            rows(ctx, open).await?;
            return rows(ctx, &sql).await.map(|_| ());
        }
        let done = async {
            let table = elsewhere(ctx).await?;
            match self {
                AddColumn => {
                    let column = StructField::nullable("extra", DataType::STRING);
                    table.add_columns().with_fields([column]).await
                }
                _ => {
                    let property = (PROPERTY.to_string(), "interval 9 days".to_string());
                    table.set_tbl_properties().with_properties([property].into()).await
                }
            }
        };
        let done: Result<DeltaTable, DeltaTableError> = done.await;
        done.map(|_| ()).map_err(|e| DataFusionError::External(e.into()))
    }
}

/// The table as another program has it, through the store of the session.
async fn elsewhere(ctx: &SessionContext) -> Result<DeltaTable, DeltaTableError> {
    let url = Url::parse(TABLE).unwrap();
    let store = ctx
        .runtime_env()
        .object_store(ObjectStoreUrl::parse("memory://").unwrap())
        .unwrap();
    let mut table = DeltaTable::new(logstore_with(store, &url, StorageConfig::default())?);
    table.load().await?;
    Ok(table)
}

fn session(store: SessionContext) -> SessionContext {
    register_all(&store).unwrap();
    attach_tables(&store, "lake", "memory:///lake").unwrap();
    store
}

async fn state(objects: &Arc<InMemory>) -> State {
    let ctx = session(in_memory(Arc::clone(objects) as _));
    let sql = format!("SELECT id, n FROM delta_scan(uri => '{TABLE}') ORDER BY id, n");
    let parse = |line: String| {
        let (id, n) = line.split_once(" | ").unwrap();
        (id.parse().unwrap(), n.parse().unwrap())
    };
    let found: Vec<(i64, i64)> = lines(&ctx, &sql).await.into_iter().map(parse).collect();
    let table = elsewhere(&ctx).await.unwrap();
    let snapshot = table.snapshot().unwrap();
    let rows: BTreeMap<_, _> = found.iter().copied().collect();
    assert_eq!(rows.len(), found.len(), "no row is there twice: {found:?}");
    State {
        rows,
        has_column: snapshot.schema().fields().any(|field| field.name() == "extra"),
        has_property: snapshot.metadata().configuration().contains_key(PROPERTY),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_any_two_writers_at_once_both_are_there_in_some_order_or_the_slower_one_says_that_it_is_not() {
    let table = Arc::new(InMemory::new());
    let made =
        format!("COPY (SELECT value AS id, 0 AS n FROM generate_series(1, 10)) TO '{TABLE}' STORED AS DELTATABLE");
    rows(&session(in_memory(Arc::clone(&table) as _)), &made).await.unwrap();
    let before = state(&table).await;
    let (mut conflicts, mut both) = (vec![], vec![]);
    for slow in WRITES {
        for fast in WRITES {
            let objects = Arc::new(table.fork());
            let healthy = session(in_memory(Arc::clone(&objects) as _));
            let rival: Rival = async move { fast.run(2, &healthy).await.unwrap() }.boxed();
            let overtaken = session(in_memory(Faulty::overtaken(&objects, rival) as _));
            let written = slow.run(1, &overtaken).await;
            let now = state(&objects).await;
            let pair = format!("{slow:?} beside {fast:?}");
            match written {
                Err(error) => {
                    let text = error.strip_backtrace();
                    assert_eq!(now, fast.apply(2, before.clone()), "{pair}: {text}");
                    assert!(
                        slow.sql(1).is_none() || text.contains("conflicts with another"),
                        "{pair}: {text}"
                    );
                    conflicts.push(pair);
                }
                Ok(()) => {
                    let orders = [
                        slow.apply(1, fast.apply(2, before.clone())),
                        fast.apply(2, slow.apply(1, before.clone())),
                    ];
                    assert!(orders.contains(&now), "{pair}: {now:?}");
                    both.push(pair);
                }
            }
        }
    }
    assert!(both.contains(&"Append beside Append".to_string()), "{both:?}");
    for fast in [AddColumn, SetProperty] {
        for slow in [Append, Delete, Update, Merge, Overwrite] {
            assert!(
                conflicts.contains(&format!("{slow:?} beside {fast:?}")),
                "{conflicts:?}"
            );
        }
    }
}
