//! What the plans of a part read.

use std::collections::BTreeMap;
use std::path::Path;

use datafusion::physical_plan::displayable;

use super::*;
use crate::build::Silent;
use crate::graph::READ;
use crate::relation::{pack, stored};
use crate::source::SourceOptions;

/// Datasets of the whole source that a query has to read whole, and how often, since it looks up in them what may be anywhere.
const WHOLE: [(&str, &[(&str, usize)]); 3] = [
    ("cpg_nodes_inside", &[]),
    ("cpg_candidates", &[("definitions", 2), ("files", 2)]),
    ("cpg_props", &[]),
];

#[tokio::test]
async fn what_can_be_read_of_the_part_alone_is() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    let source = Source::new(folder, &SourceOptions::default())?;
    let runtime = Arc::new(RuntimeEnv::default());
    let files = source.list_some(&runtime).await?;
    let engine = Engine { runtime, strict: false };
    let rules = stored(&pack(), &READ)?;
    let needs = needs(&engine, &rules, false).await?;
    let facts = Arc::new(Facts::extract(&source, &files, &needs, 1, None, &Silent).await?);
    let extraction = extraction(&source, None, &needs);
    let workers = Workers::new(engine, &facts, &rules, extraction).await?;
    let worker = Worker::plan(&workers).await?;
    for ((query, expected), plan) in WHOLE.into_iter().zip(&worker.plans) {
        let text = displayable(plan.as_ref()).indent(false).to_string();
        let mut whole: BTreeMap<&str, usize> = BTreeMap::new();
        for line in text.lines().filter(|l| l.ends_with("of_part=false")) {
            let dataset = line.split(['=', ',']).nth(1).unwrap_or_default();
            *whole.entry(dataset).or_default() += 1;
        }
        assert_eq!(whole, expected.iter().copied().collect(), "{query}:\n{text}");
        assert!(text.contains("of_part=true"), "{query}:\n{text}");
    }
    Ok(())
}
