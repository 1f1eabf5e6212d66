//! How a selection is shown in a plan.

use std::fmt::{Display, Formatter};

use datafusion::physical_plan::{DisplayAs, DisplayFormatType};

use super::WinnerSelectExec;
use crate::winner::spec::Keep;

impl DisplayAs for WinnerSelectExec {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        let mut parts = vec![
            ("mode", format!("{:?}", self.mode)),
            ("partition_by", list(&self.spec.partition_by)),
            ("order_by", list(&self.spec.order_by)),
        ];
        match self.spec.keep {
            Keep::Winners => {
                parts.push(("k", self.spec.k.to_string()));
                parts.push(("retention", self.spec.retention.to_string()));
            }
            Keep::Ranked => parts.push(("keep", "ranked".to_string())),
        }
        if !self.spec.reports.is_empty() {
            parts.push(("reports", list(self.spec.reports.iter().map(|report| &report.kind))));
        }
        if self.is_streaming() {
            parts.push(("input", "ordered".to_string()));
        }
        match kind {
            DisplayFormatType::Default | DisplayFormatType::Verbose => {
                f.write_str("WinnerSelectExec: ")?;
                for (at, (name, value)) in parts.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    match *name {
                        "retention" => write!(f, "{comma}{value}")?,
                        _ => write!(f, "{comma}{name}={value}")?,
                    }
                }
                Ok(())
            }
            DisplayFormatType::TreeRender => parts.iter().try_for_each(|(name, value)| writeln!(f, "{name}={value}")),
        }
    }
}

/// The values as a list.
pub(in crate::winner) fn list<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    format!("[{}]", values.join(", "))
}
