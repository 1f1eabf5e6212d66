//! One part of the source, from its files to sorted rows of the graph.

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use codeanatomy_cache::Cache;
use codeanatomy_model::dataset::{BindingRow, CallRow, FileRow, ParseErrorRow, ReferenceRow, ScopeRow, SymbolRow};
use codeanatomy_model::{Contract, Row};
use datafusion::arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use datafusion::arrow::compute::kernels::cmp::eq;
use datafusion::arrow::compute::{cast, concat_batches, filter_record_batch, not};
use datafusion::arrow::datatypes::{FieldRef, SchemaRef};
use datafusion::catalog::MemTable;
use datafusion::common::{Result, exec_err};
use datafusion::execution::FunctionRegistry;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{SessionConfig, SessionContext};

use super::cost::{self, Costs};
use super::extraction::Extraction;
use super::facts::Facts;
use super::needs::Needs;
use super::part_table::{Part, PartSlot, PartTable};
use crate::dataset::Rows;
use crate::graph::{GRAPH_TABLES, GraphTable, create_graph};
use crate::ordering::canonical_sort;
use crate::relation::{Choice, Output, Relation, Rule, RuleFile, create_relations};
use crate::source::{Files, Source, on_blocking_thread};
use crate::store::{EdgeContract, UniqueBy};

/// The datasets of the second pass: what rules look up inside a file.
const CONTRACTS: [&Contract; 6] = [
    ReferenceRow::CONTRACT,
    CallRow::CONTRACT,
    ScopeRow::CONTRACT,
    SymbolRow::CONTRACT,
    BindingRow::CONTRACT,
    ParseErrorRow::CONTRACT,
];

/// What shows whether a file is still the same.
const SEEN: &[&str] = &["content_hash"];

/// What is asked of every part. Candidates are ranked once, for winners and losers.
const QUERIES: [&str; 3] = ["cpg_nodes_inside", "cpg_candidates", "cpg_props"];

/// What is asked once, of the facts.
const OUTSIDE: &str = "SELECT * FROM cpg_nodes_outside";

fn query(table: &str) -> String {
    format!("SELECT * FROM {table} WHERE in_part(path)")
}

/// The rows of one part, for each of [`GRAPH_TABLES`], sorted.
#[derive(Debug)]
pub(super) struct GraphPart {
    pub(super) tables: Vec<RecordBatch>,
    pub(super) contracts: Arc<[EdgeContract]>,
    /// What the relations cost.
    pub(super) costs: Costs,
    pub(super) source_bytes: u64,
}

/// How queries of the graph run.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    pub(super) runtime: Arc<RuntimeEnv>,
    /// Whether choices among ties are settled by completed orders, and promises are checked. A graph does not depend on it, since its rules
    /// leave no choice and its tables are sorted.
    pub(super) strict: bool,
}

/// Plans the queries of the graph once for every part that is worked on at the same time.
pub(super) struct Workers {
    engine: Engine,
    facts: Arc<Facts>,
    rules: Vec<RuleFile>,
    extraction: Arc<Extraction>,
    /// The rows of the views that read facts alone, which are the same for every part.
    views: Vec<(String, Arc<MemTable>)>,
    idle: Mutex<Vec<Worker>>,
}

impl Workers {
    pub(super) async fn new(
        engine: Engine,
        facts: &Arc<Facts>,
        rules: &[RuleFile],
        extraction: Extraction,
    ) -> Result<Self> {
        let ctx = facts_session(&engine, Some(facts), &PartSlot::default())?;
        let parsed = rules.iter().map(Rule::parse).collect::<Result<Vec<_>>>()?;
        let shared = shared(&parsed);
        let mut views = vec![];
        for rule in shared.iter().filter_map(|i| parsed.get(*i)) {
            let sql = rule.query(facts.has_index());
            let frame = ctx.sql(&sql).await.map_err(|e| e.context(rule.file.clone()))?;
            let schema = Arc::clone(frame.schema().inner());
            let rows = Arc::new(MemTable::try_new(schema, vec![frame.collect().await?])?);
            ctx.register_table(rule.name.as_str(), Arc::<MemTable>::clone(&rows))?;
            views.push((rule.name.clone(), rows));
        }
        let others = rules.iter().enumerate().filter(|(i, _)| !shared.contains(i));
        Ok(Self {
            engine,
            facts: Arc::clone(facts),
            rules: others.map(|(_, file)| file.clone()).collect(),
            extraction: Arc::new(extraction),
            views,
            idle: Mutex::default(),
        })
    }

    /// The rows of the files of a part.
    pub(super) async fn relate(&self, files: &Files, part: Range<usize>) -> Result<GraphPart> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let worker = match idle {
            Some(worker) => worker,
            None => Worker::plan(self).await?,
        };
        let rows = worker.relate(self, files, part).await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        Ok(rows)
    }

    /// The rows without a path: nodes that stand for what is outside the source.
    pub(super) async fn outside(&self) -> Result<GraphPart> {
        let (ctx, _) = session(self, &PartSlot::default()).await?;
        let mut tables = vec![];
        for table in GRAPH_TABLES {
            tables.push(match table.name {
                "cpg_nodes" => {
                    let plan = plan(&ctx, OUTSIDE).await?;
                    rows_of(&collect(plan, ctx.task_ctx()).await?, table)?
                }
                _ => RecordBatch::new_empty(table.schema()),
            });
        }
        Ok(GraphPart {
            tables,
            contracts: Arc::new([]),
            costs: Costs::default(),
            source_bytes: 0,
        })
    }
}

/// The queries of the graph as physical plans, and the slot that their scans read.
struct Worker {
    slot: PartSlot,
    ctx: SessionContext,
    plans: Vec<Arc<dyn ExecutionPlan>>,
    contracts: Arc<[EdgeContract]>,
}

impl Worker {
    async fn plan(workers: &Workers) -> Result<Self> {
        let slot = PartSlot::default();
        let (ctx, relations) = session(workers, &slot).await?;
        let mut plans = vec![];
        for table in QUERIES {
            plans.push(plan(&ctx, &query(table)).await?);
        }
        Ok(Self {
            slot,
            ctx,
            plans,
            contracts: contracts(&relations).into(),
        })
    }

    async fn relate(&self, of: &Workers, files: &Files, part: Range<usize>) -> Result<GraphPart> {
        let entries = &files.entries[part.clone()];
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return exec_err!("a part of the source has no file");
        };
        let mut batches = {
            let (files, extraction) = (files.clone(), Arc::clone(&of.extraction));
            on_blocking_thread(move || extraction.rows(&files, part)).await?
        };
        if let Some(seen) = batches.pop() {
            same_content(&of.facts, &seen)?;
        }
        let rows = CONTRACTS
            .into_iter()
            .zip(batches)
            .map(|(c, batch)| Ok((c.name, Rows::try_new(c, batch)?)));
        let rows = rows.collect::<Result<_>>()?;
        self.slot.set(Part {
            first: first.path.clone(),
            last: last.path.clone(),
            rows,
        });
        let mut results = vec![];
        let mut costs = Costs::default();
        for plan in &self.plans {
            let plan = reset_plan_states(Arc::clone(plan))?;
            results.push(collect(Arc::clone(&plan), self.ctx.task_ctx()).await?);
            cost::add(&mut costs, &cost::of(&plan));
        }
        self.slot.set(Part::default());
        let [nodes, edges, losers, props] = GRAPH_TABLES;
        let mut tables = vec![];
        for rows in results {
            match tables.len() {
                0 => tables.push(rows_of(&rows, nodes)?),
                1 => {
                    let (winners, others) = by_rank(&rows)?;
                    tables.push(rows_of(&winners, edges)?);
                    tables.push(rows_of(&others, losers)?);
                }
                _ => tables.push(rows_of(&rows, props)?),
            }
        }
        let source_bytes = entries.iter().map(|f| f.size).sum();
        Ok(GraphPart {
            tables,
            contracts: Arc::clone(&self.contracts),
            costs,
            source_bytes,
        })
    }
}

/// The rules whose rows are the same for every part: views that rules read, and that read facts and such views alone; each
/// after those that it reads.
fn shared(rules: &[Rule]) -> Vec<usize> {
    let mut shared: Vec<usize> = vec![];
    loop {
        let is_known = |table: &String| {
            Facts::contracts().any(|c| c.name == table) || shared.iter().any(|i| rules[*i].name == *table)
        };
        let is_next = |i: &usize| {
            let rule = &rules[*i];
            // What no rule reads is for questions, and a view of one dataset is made part by part, where filters reach it.
            let is_read = rules.iter().any(|other| other.inputs.contains(&rule.name));
            rule.output == Output::View && is_read && rule.inputs.len() > 1 && rule.inputs.iter().all(is_known)
        };
        let next: Vec<usize> = (0..rules.len())
            .filter(|i| !shared.contains(i))
            .filter(is_next)
            .collect();
        if next.is_empty() {
            return shared;
        }
        shared.extend(next);
    }
}

/// Gives what the second pass reads of files.
pub(super) fn extraction(source: &Source, cache: Option<&Arc<Cache>>, needs: &Needs) -> Extraction {
    let wanted = CONTRACTS
        .into_iter()
        .map(|contract| (contract, needs.columns(contract, &[])));
    let wanted = wanted.chain([(FileRow::CONTRACT, Needs::default().columns(FileRow::CONTRACT, SEEN))]);
    Extraction::new(source, cache, wanted.collect())
}

/// What the graph of these rules reads. A rule that cannot be planned is an error here, before a file is read.
pub(super) async fn needs(engine: &Engine, rules: &[RuleFile], has_index: bool) -> Result<Needs> {
    let slot = PartSlot::default();
    let ctx = facts_session(engine, None, &slot)?;
    graph_tables(&ctx, rules, &slot, has_index).await?;
    let mut needs = Needs::default();
    for table in QUERIES {
        needs.add(&ctx, &query(table)).await?;
    }
    needs.add(&ctx, OUTSIDE).await?;
    let parsed = rules.iter().map(Rule::parse).collect::<Result<Vec<_>>>()?;
    for rule in shared(&parsed).into_iter().filter_map(|i| parsed.get(i)) {
        needs.add(&ctx, &rule.query(has_index)).await?;
    }
    Ok(needs)
}

/// A session with the datasets of both passes and the graph's views.
async fn session(workers: &Workers, slot: &PartSlot) -> Result<(SessionContext, Vec<Relation>)> {
    let ctx = facts_session(&workers.engine, Some(&workers.facts), slot)?;
    for (name, rows) in &workers.views {
        ctx.register_table(name, Arc::<MemTable>::clone(rows))?;
    }
    let relations = graph_tables(&ctx, &workers.rules, slot, workers.facts.has_index()).await?;
    Ok((ctx, relations))
}

/// Adds the datasets of the second pass and the graph's views.
async fn graph_tables(
    ctx: &SessionContext,
    rules: &[RuleFile],
    slot: &PartSlot,
    has_index: bool,
) -> Result<Vec<Relation>> {
    for contract in CONTRACTS {
        ctx.register_table(contract.name, Arc::new(PartTable::new(contract, slot, None)))?;
    }
    let relations = create_relations(ctx, rules, has_index).await?;
    create_graph(ctx, &relations).await?;
    Ok(relations)
}

/// A session with the datasets of the first pass. One partition: parts run side by side, so nothing is shuffled. No dynamic
/// filters: a plan that has them cannot be run again.
fn facts_session(engine: &Engine, facts: Option<&Facts>, slot: &PartSlot) -> Result<SessionContext> {
    let config = SessionConfig::new()
        .with_target_partitions(1)
        .set_bool("datafusion.optimizer.enable_dynamic_filter_pushdown", false);
    let ctx = SessionContext::new_with_config_rt(config, Arc::clone(&engine.runtime));
    crate::register_all(&ctx)?;
    if engine.strict {
        let state = ctx.state_ref();
        let mut state = state.write();
        let options = state.config_mut().options_mut();
        // Every part is sorted behind its queries.
        options.set("codeanatomy.determinism", "set")?;
        options.set("codeanatomy.verify", "true")?;
    }
    ctx.state_ref().write().register_udf(Arc::new(slot.in_part()))?;
    for contract in Facts::contracts() {
        let whole = facts.and_then(|f| f.dataset(contract));
        ctx.register_table(contract.name, Arc::new(PartTable::new(contract, slot, whole)))?;
    }
    Ok(ctx)
}

async fn plan(ctx: &SessionContext, sql: &str) -> Result<Arc<dyn ExecutionPlan>> {
    ctx.sql(sql).await?.create_physical_plan().await
}

fn rows_of(batches: &[RecordBatch], table: GraphTable) -> Result<RecordBatch> {
    let schema = table.schema();
    let batches = batches
        .iter()
        .map(|b| conform(b, &schema))
        .collect::<Result<Vec<_>>>()?;
    let rows = concat_batches(&schema, &batches)?;
    drop(batches);
    canonical_sort(&rows, table.order)
}

/// Winners and losers among candidates.
fn by_rank(candidates: &[RecordBatch]) -> Result<(Vec<RecordBatch>, Vec<RecordBatch>)> {
    let (mut winners, mut losers) = (vec![], vec![]);
    for batch in candidates {
        let Some(rank) = batch.column_by_name("rank") else {
            return exec_err!("candidates have no rank");
        };
        let first = eq(rank, &Int64Array::new_scalar(1))?;
        match first.true_count() {
            all if all == batch.num_rows() => winners.push(batch.clone()),
            _ => {
                winners.push(filter_record_batch(batch, &first)?);
                losers.push(filter_record_batch(batch, &not(&first)?)?);
            }
        }
    }
    Ok((winners, losers))
}

/// The rows under the table's schema. The engine says nullable where it cannot prove what the table promises, and a union
/// with constants comes out as `Utf8`; a null where none may be is an error here.
fn conform(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let cast = |(column, field): (&ArrayRef, &FieldRef)| Ok(cast(column, field.data_type())?);
    let columns = rows
        .columns()
        .iter()
        .zip(schema.fields())
        .map(cast)
        .collect::<Result<Vec<_>>>()?;
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// What the rules promise of the edges.
fn contracts(relations: &[Relation]) -> Vec<EdgeContract> {
    let of = |r: &Relation| {
        let unique = match r.choice {
            Choice::UniqueSrc => Some(UniqueBy::Src),
            Choice::UniqueDst => Some(UniqueBy::Dst),
            _ => None,
        };
        let relation = r.name.clone();
        r.contracts.clone().into_iter().map(move |contract| EdgeContract {
            relation: relation.clone(),
            unique,
            contract,
        })
    };
    relations.iter().flat_map(of).collect()
}

/// The second pass must see what the first has seen.
fn same_content(facts: &Facts, seen: &RecordBatch) -> Result<()> {
    let hashes = |files: &RecordBatch| {
        let column = |name: &str| files.column_by_name(name).and_then(|c| c.as_string_view_opt()).cloned();
        column("path").zip(column("content_hash"))
    };
    let first_path = seen
        .column(0)
        .as_string_view()
        .iter()
        .next()
        .flatten()
        .unwrap_or_default();
    let before = facts.files().between(first_path, "\u{10ffff}");
    let (Some((path, hash)), Some((path_before, hash_before))) = (hashes(seen), hashes(&before)) else {
        return exec_err!("files have no content hash");
    };
    let now = path.iter().zip(&hash);
    let mut before = path_before.iter().zip(&hash_before);
    for (path, hash) in now {
        if before.next() != Some((path, hash)) {
            let path = path.unwrap_or_default();
            return exec_err!("the file '{path}' was changed while the graph was built; build it again");
        }
    }
    Ok(())
}
