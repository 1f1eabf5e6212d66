//! Datasets as Parquet files.

use codeanatomy_model::{CATALOGUE, find};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use datafusion_codeanatomy::store::export_dataset;
use datafusion_codeanatomy::{Source, SourceOptions, attach_source, register_all};

use crate::{folder, lines};

const FILES: &[(&str, &str)] = &[
    (
        "a.py",
        "\"\"\"Doc.\"\"\"\nimport os as o\n\n\n@o.dec\ndef f(x: int = 1) -> None:\n    return g(x, *[1, 2])\n",
    ),
    (
        "b.py",
        "class C(B):\n    y: int = 0  # note\n\n    async def m(self):\n        return await self.y\n",
    ),
    ("broken.py", "def (:\n"),
    ("empty.py", ""),
];

#[tokio::test]
async fn an_exported_dataset_holds_the_rows_of_the_dataset_in_their_order() {
    let (source, out) = (folder(FILES), tempfile::tempdir().unwrap());
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    let location = source.path().display().to_string();
    attach_source(&ctx, &location, &SourceOptions::default()).await.unwrap();
    let opened = Source::new(source.path(), &SourceOptions::default()).unwrap();
    for contract in CATALOGUE.iter().filter(|c| c.requires.is_none()) {
        let record = export_dataset(&ctx, &opened, contract, out.path()).await.unwrap();
        let file = out.path().join(format!("{}.parquet", contract.name));
        let stored = format!("stored_{}", contract.name);
        ctx.register_parquet(&stored, file.to_str().unwrap(), ParquetReadOptions::default())
            .await
            .unwrap();
        let live = lines(
            &ctx,
            &format!("SELECT * FROM {} ORDER BY {}", contract.name, contract.order.join(", ")),
        )
        .await;
        let count = lines(&ctx, &format!("SELECT count(*) FROM {}", contract.name)).await;
        assert_eq!(count, [record.rows.to_string()], "{}", contract.name);
        assert_eq!(
            lines(&ctx, &format!("SELECT * FROM {stored}")).await,
            live,
            "{}",
            contract.name
        );
    }
    let names: Vec<_> = std::fs::read_dir(out.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        names
            .iter()
            .all(|n| n.to_string_lossy().ends_with(".parquet") && !n.to_string_lossy().starts_with('.'))
    );
}

#[tokio::test]
async fn the_same_rows_are_exported_as_the_same_bytes() {
    let source = folder(FILES);
    let mut hashes = vec![];
    for partitions in [1, 4] {
        let out = tempfile::tempdir().unwrap();
        let config = datafusion::prelude::SessionConfig::new()
            .with_target_partitions(partitions)
            .with_batch_size(if partitions == 1 { 7 } else { 8192 });
        let ctx = SessionContext::new_with_config(config);
        register_all(&ctx).unwrap();
        let opened = Source::new(source.path(), &SourceOptions::default()).unwrap();
        let record = export_dataset(&ctx, &opened, find("ast_nodes").unwrap(), out.path())
            .await
            .unwrap();
        hashes.push(record.file.hash);
    }
    assert_eq!(hashes[0], hashes[1]);
}
