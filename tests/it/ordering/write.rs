//! Files with `codeanatomy.determinism = 'canonical'`: the same rows are the same bytes.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use datafusion::parquet::file::reader::FileReader;
use datafusion::parquet::file::serialized_reader::SerializedFileReader;

use super::{Numbers, run, session};

/// A table of the same rows, in an order and in pieces of its own.
async fn session_with_rows(partitions: usize, batch_size: usize, shuffle: u64) -> datafusion::prelude::SessionContext {
    let ctx = session(partitions, batch_size);
    let mut numbers = Numbers(3);
    let texts = ["", "a", "a text that is too long for a view of its own", "b"];
    let mut rows: Vec<(u64, String)> = (0..3000)
        .map(|i| {
            let k = numbers.below(40);
            let k = if k == 0 { "NULL".to_string() } else { k.to_string() };
            let text = texts[numbers.below(4) as usize];
            let text = if numbers.below(9) == 0 {
                "NULL".to_string()
            } else {
                format!("'{text}'")
            };
            let row = format!(
                "({k}, {text}, {}.25, 'p{}', {})",
                numbers.below(900),
                numbers.below(3),
                numbers.below(2) == 0
            );
            ((i + 1) * shuffle * 7919 % 3001, row)
        })
        .collect();
    rows.sort();
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    run(
        &ctx,
        &format!(
            "CREATE TABLE t AS SELECT column1 AS k, column2 AS x, column3::DOUBLE AS f, column4 AS p, column5 AS b FROM (VALUES {})",
            rows.join(", ")
        ),
    )
    .await;
    run(&ctx, "SET codeanatomy.determinism = 'canonical'").await;
    ctx
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
    files
}

/// What each statement wrote, by its number.
async fn written(partitions: usize, batch_size: usize, shuffle: u64) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let ctx = session_with_rows(partitions, batch_size, shuffle).await;
    let at = folder.path().display();
    for sql in [
        format!("COPY t TO '{at}/one.parquet'"),
        format!(
            "COPY t TO '{at}/groups.parquet' OPTIONS ('format.max_row_group_size' '700', 'format.compression' 'zstd(3)')"
        ),
        format!(
            "COPY (SELECT k, count(*) AS n, sum(f) AS f FROM t GROUP BY k) TO '{at}/grouped.parquet' STORED AS PARQUET"
        ),
        format!("COPY t TO '{at}/parts/' STORED AS PARQUET PARTITIONED BY (p)"),
        format!("COPY t TO '{at}/folder/' STORED AS PARQUET"),
        format!("COPY t TO '{at}/one.csv' OPTIONS ('format.has_header' 'true')"),
        format!("COPY t TO '{at}/one.json'"),
        format!("COPY t TO '{at}/parts_csv/' STORED AS CSV PARTITIONED BY (p, b)"),
        format!("COPY t TO '{at}/one.arrow'"),
        format!("CREATE EXTERNAL TABLE o (k BIGINT, x VARCHAR) STORED AS PARQUET LOCATION '{at}/inserted/'"),
        "INSERT INTO o SELECT k, x FROM t".to_string(),
        "INSERT INTO o SELECT k, x FROM t WHERE k > 20".to_string(),
    ] {
        run(&ctx, &sql).await;
    }
    files(folder.path())
}

#[tokio::test]
async fn the_same_rows_are_the_same_files() {
    let expected = written(1, 8192, 1).await;
    let names: Vec<_> = expected.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "folder/part-00000.parquet",
            "grouped.parquet",
            "groups.parquet",
            "inserted/part-00000.parquet",
            "inserted/part-00001.parquet",
            "one.arrow",
            "one.csv",
            "one.json",
            "one.parquet",
            "parts/p=p0/part-00000.parquet",
            "parts/p=p1/part-00000.parquet",
            "parts/p=p2/part-00000.parquet",
            "parts_csv/p=p0/b=false/part-00000.csv",
            "parts_csv/p=p0/b=true/part-00000.csv",
            "parts_csv/p=p1/b=false/part-00000.csv",
            "parts_csv/p=p1/b=true/part-00000.csv",
            "parts_csv/p=p2/b=false/part-00000.csv",
            "parts_csv/p=p2/b=true/part-00000.csv",
        ]
    );
    for (partitions, batch_size, shuffle) in [(1, 7, 3), (3, 8192, 7), (8, 31, 11), (16, 8192, 13)] {
        let files = written(partitions, batch_size, shuffle).await;
        let differ: Vec<_> = expected
            .iter()
            .filter(|(name, bytes)| files.get(*name) != Some(bytes))
            .collect();
        let differ: Vec<_> = differ.into_iter().map(|(name, _)| name).collect();
        assert!(
            differ.is_empty() && files.len() == expected.len(),
            "{partitions} partitions, batches of {batch_size}: {differ:?} {:?}",
            files.keys().collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn what_is_written_is_what_plain_writes() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    let ctx = session_with_rows(3, 100, 7).await;
    run(
        &ctx,
        &format!("COPY t TO '{at}/a/' STORED AS PARQUET PARTITIONED BY (p)"),
    )
    .await;
    run(&ctx, "SET codeanatomy.determinism = 'off'").await;
    run(
        &ctx,
        &format!("COPY t TO '{at}/b/' STORED AS PARQUET PARTITIONED BY (p)"),
    )
    .await;
    for name in ["a", "b"] {
        run(
            &ctx,
            &format!("CREATE EXTERNAL TABLE {name} STORED AS PARQUET PARTITIONED BY (p) LOCATION '{at}/{name}/'"),
        )
        .await;
    }
    let digest = |t: &str| format!("SELECT content_digest(k, x, f, p::VARCHAR, b) AS d FROM {t}");
    let lines = [
        crate::lines(&ctx, &digest("a")).await,
        crate::lines(&ctx, &digest("b")).await,
        crate::lines(&ctx, &digest("t")).await,
    ];
    assert!(lines[0] == lines[1] && lines[1] == lines[2], "{lines:?}");
}

#[tokio::test]
async fn a_null_in_a_column_of_partitions_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = session_with_rows(3, 100, 7).await;
    let copy = |partition: &str, name: &str| {
        format!(
            "COPY (SELECT k, {partition} AS p FROM t) TO '{}/{name}/' STORED AS PARQUET PARTITIONED BY (p)",
            folder.path().display()
        )
    };
    let error = crate::rows(&ctx, &copy("nullif(k % 3, 1)", "a"))
        .await
        .unwrap_err()
        .strip_backtrace();
    assert!(error.contains("partitioned by p, which is null in a row"), "{error}");
    crate::rows(&ctx, &copy("coalesce(nullif(k % 3, 1), 9)", "b"))
        .await
        .unwrap();
}

/// Rows of several batches, with dictionaries and nested values, written with `options`, by the names of the files.
async fn written_with_options(partitions: usize, batch_size: usize, order: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    let ctx = session(partitions, batch_size);
    run(
        &ctx,
        &format!(
            "CREATE TABLE t AS SELECT value * 7919 % 1000 AS k, CASE WHEN value % 11 > 0 THEN 'a text of number ' || (value % 977) END AS x, \
             arrow_cast('d' || (value % 13), 'Dictionary(Int32, Utf8)') AS c, (value % 4999) * 0.37 AS f, 'p' || (value % 3) AS p, \
             [value % 3, value % 4] AS l, named_struct('a', value % 6, 'b', 'q' || (value % 3)) AS s \
             FROM generate_series(1, 20000) ORDER BY {order}"
        ),
    )
    .await;
    run(&ctx, "SET codeanatomy.determinism = 'canonical'").await;
    for (name, options) in [
        ("plain.parquet", ""),
        (
            "groups.parquet",
            "OPTIONS ('format.max_row_group_size' '9000', 'format.compression' 'gzip(6)')",
        ),
        (
            "bare.parquet",
            "OPTIONS ('format.dictionary_enabled' 'false', 'format.compression' 'uncompressed', 'format.statistics_enabled' 'page')",
        ),
        (
            "bloom.parquet",
            "OPTIONS ('format.bloom_filter_on_write' 'true', 'format.compression' 'lz4', 'format.data_pagesize_limit' '2000', \
             'format.writer_version' '2.0')",
        ),
        (
            "columns.parquet",
            "OPTIONS ('format.compression::x' 'brotli(3)', 'format.dictionary_page_size_limit' '500', \
             'format.encoding::f' 'byte_stream_split', 'format.max_row_group_size' '1000')",
        ),
        ("folders/", "STORED AS PARQUET PARTITIONED BY (p, c)"),
        ("folder/", "STORED AS PARQUET"),
        ("lines.json.zst", "STORED AS JSON OPTIONS ('format.compression' 'zstd')"),
        ("folders_json/", "STORED AS JSON PARTITIONED BY (p)"),
    ] {
        run(&ctx, &format!("COPY t TO '{at}/{name}' {options}")).await;
    }
    for (name, options) in [
        ("lines.csv.gz", "STORED AS CSV OPTIONS ('format.compression' 'gzip')"),
        ("one.arrow", ""),
    ] {
        // No text has nested values, and Arrow files of several batches have no dictionaries.
        run(
            &ctx,
            &format!("COPY (SELECT k, x, f, p FROM t) TO '{at}/{name}' {options}"),
        )
        .await;
    }
    files(folder.path())
}

#[tokio::test]
async fn the_same_rows_are_the_same_files_with_any_options() {
    let expected = written_with_options(1, 8192, "value").await;
    assert_eq!(
        expected.len(),
        6 + 39 + 1 + 3 + 2,
        "{:?}",
        expected.keys().collect::<Vec<_>>()
    );
    let groups = |name: &str| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&expected[name]).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let groups = reader.metadata().row_groups().iter();
        groups.map(|group| group.num_rows()).collect::<Vec<_>>()
    };
    assert_eq!(groups("groups.parquet"), [9000, 9000, 2000]);
    assert_eq!(groups("columns.parquet"), [1000; 20]);
    for (partitions, batch_size, order) in [
        (2, 8192, "value DESC"),
        (8, 100, "md5(value::VARCHAR)"),
        (16, 1000, "value % 7"),
    ] {
        let files = written_with_options(partitions, batch_size, order).await;
        let differ = expected.iter().filter(|(name, bytes)| files.get(*name) != Some(bytes));
        let differ: Vec<_> = differ.map(|(name, _)| name).collect();
        assert!(
            differ.is_empty() && files.len() == expected.len(),
            "{partitions} partitions, batches of {batch_size}: {differ:?} {:?}",
            files.keys().collect::<Vec<_>>()
        );
    }
}
