//! The operator in EXPLAIN.

use std::fmt;

use datafusion::physical_plan::{DisplayAs, DisplayFormatType};

use super::{IntervalJoinExec, IntervalJoinSpec};

impl DisplayAs for IntervalJoinExec {
    fn fmt_as(&self, t: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spec = self.spec();
        let best = spec.best.as_ref().map(|best| {
            let order: Vec<_> = best.order_by.iter().map(ToString::to_string).collect();
            let what = if best.nearest { "nearest" } else { "best" };
            format!("{what}={} by [{}]", best.k, order.join(", "))
        });
        if t == DisplayFormatType::TreeRender {
            let on: Vec<_> = spec.on.iter().map(|(l, r)| format!("({l} = {r})")).collect();
            writeln!(f, "join_type={:?}", spec.join_type)?;
            if !on.is_empty() {
                writeln!(f, "on={}", on.join(", "))?;
            }
            writeln!(f, "ranges={}", ranges(spec))?;
            if let Some(residual) = &spec.residual {
                writeln!(f, "filter={}", residual.expression())?;
            }
            if let Some(best) = best {
                writeln!(f, "{best}")?;
            }
            return writeln!(f, "build={}", spec.build);
        }
        let on: Vec<_> = spec.on.iter().map(|(l, r)| format!("({l}, {r})")).collect();
        write!(
            f,
            "IntervalJoinExec: join_type={:?}, build={}, on=[{}], ranges=[{}]",
            spec.join_type,
            spec.build,
            on.join(", "),
            ranges(spec)
        )?;
        if let Some(residual) = &spec.residual {
            write!(f, ", filter={}", residual.expression())?;
        }
        if let Some(best) = best {
            write!(f, ", {best}")?;
        }
        if let Some(projection) = &spec.projection {
            let name = |i: &usize| format!("{}@{i}", self.join_schema.field(*i).name());
            let names: Vec<_> = projection.iter().map(name).collect();
            write!(f, ", projection=[{}]", names.join(", "))?;
        }
        match self.fetch {
            Some(fetch) => write!(f, ", fetch={fetch}"),
            None => Ok(()),
        }
    }
}

fn ranges(spec: &IntervalJoinSpec) -> String {
    let ranges = spec.ranges.iter();
    let ranges: Vec<_> = ranges.map(|r| format!("{} {} {}", r.left, r.op, r.right)).collect();
    ranges.join(", ")
}
