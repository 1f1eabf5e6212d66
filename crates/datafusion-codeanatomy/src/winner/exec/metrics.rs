//! What EXPLAIN ANALYZE says of a selection.

use std::any::Any;
use std::fmt::{Display, Formatter};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::physical_plan::metrics::{
    BaselineMetrics, Count, CustomMetricValue, ExecutionPlanMetricsSet, MetricBuilder, MetricCategory, MetricValue,
    SpillMetrics,
};

use super::WinnerMode;
use crate::winner::select::Standing;

/// Metrics of one partition.
///
/// `groups` of a final or single selection is the same in every run; what depends on how rows were dealt out to partial
/// selections is in no category, so that `EXPLAIN (ANALYZE, METRICS 'rows')` does not show it.
pub(super) struct SelectMetrics {
    pub(super) baseline: BaselineMetrics,
    pub(super) spill: SpillMetrics,
    groups: Count,
    ambiguous: Count,
    largest: Arc<Largest>,
    compacted: Count,
    passed: Option<Count>,
}

impl SelectMetrics {
    pub(super) fn new(metrics: &ExecutionPlanMetricsSet, partition: usize, mode: WinnerMode) -> Self {
        let of = |category: MetricCategory| MetricBuilder::new(metrics).with_category(category);
        let when = |same: bool| {
            if same {
                MetricCategory::Rows
            } else {
                MetricCategory::Uncategorized
            }
        };
        let largest = Arc::new(Largest::default());
        of(when(mode == WinnerMode::Single))
            .with_partition(partition)
            .build(MetricValue::Custom {
                name: "largest_group".into(),
                value: Arc::clone(&largest) as Arc<dyn CustomMetricValue>,
            });
        Self {
            baseline: BaselineMetrics::new(metrics, partition),
            spill: SpillMetrics::new(metrics, partition),
            groups: of(when(mode != WinnerMode::Partial)).counter("groups", partition),
            ambiguous: of(when(mode == WinnerMode::Single)).counter("ambiguous_groups", partition),
            largest,
            compacted: of(MetricCategory::Uncategorized).counter("rows_compacted", partition),
            passed: (mode == WinnerMode::Partial)
                .then(|| of(MetricCategory::Uncategorized).counter("rows_passed", partition)),
        }
    }

    /// These groups are done.
    pub(super) fn close(&self, standing: Standing) {
        self.groups.add(standing.groups);
        self.ambiguous.add(standing.ambiguous);
        self.largest.0.fetch_max(standing.largest, Ordering::Relaxed);
        self.compacted.add(standing.compacted);
    }

    /// These rows go through without being looked at.
    pub(super) fn pass(&self, rows: usize) {
        if let Some(passed) = &self.passed {
            passed.add(rows);
        }
    }
}

/// The greatest of all partitions.
#[derive(Debug, Default)]
struct Largest(AtomicUsize);

impl Display for Largest {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.as_usize())
    }
}

impl CustomMetricValue for Largest {
    fn new_empty(&self) -> Arc<dyn CustomMetricValue> {
        Arc::new(Self::default())
    }

    fn aggregate(&self, other: Arc<dyn CustomMetricValue>) {
        self.0.fetch_max(other.as_usize(), Ordering::Relaxed);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_usize(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn is_eq(&self, other: &Arc<dyn CustomMetricValue>) -> bool {
        other.as_any().is::<Self>() && other.as_usize() == self.as_usize()
    }
}
