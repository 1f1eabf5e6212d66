//! Which statements may run other code of the source, or leave the list that they are in.

use rustc_hash::FxHashMap;

use super::Lowering;
use crate::tree::Kind;

/// Decorators that run no code of the source.
const QUIET_DECORATORS: [&str; 8] = [
    "overload",
    "property",
    "staticmethod",
    "classmethod",
    "abstractmethod",
    "setter",
    "getter",
    "deleter",
];

/// A list of statements: what has it, and whether it is the second one (`else`).
pub(super) type List = (usize, bool);

/// The statements of the lists that were asked for, each with how many up to it may run other code.
#[derive(Debug, Default)]
pub(super) struct Noise(FxHashMap<List, (Vec<usize>, Vec<u32>)>);

impl Noise {
    /// Whether nothing runs other code from one statement of a list to another.
    pub(super) fn is_quiet(&mut self, of: &Lowering<'_, '_>, list: List, from: usize, to: usize) -> bool {
        let (statements, counts) = self.0.entry(list).or_insert_with(|| {
            let field = if list.1 { "orelse" } else { "body" };
            let statements: Vec<usize> = of.tree.list(list.0, field).collect();
            let mut count = 0;
            let counts = statements.iter().map(|s| {
                count += u32::from(of.is_noisy(*s));
                count
            });
            let counts = counts.collect();
            (statements, counts)
        });
        let from = statements.partition_point(|s| *s < from);
        let to = statements.partition_point(|s| *s <= to);
        let before = from.checked_sub(1).map_or(0, |i| counts[i]);
        counts[to - 1] == before
    }
}

impl Lowering<'_, '_> {
    /// Whether a statement may run code of the source when it runs, or leave its list.
    fn is_noisy(&self, statement: usize) -> bool {
        let end = statement + self.tree.sizes.value(statement) as usize;
        let mut next = statement;
        while next < end {
            match self.tree.kind(next) {
                // What is in a function runs later.
                _ if next > statement
                    && self.tree.field(next) == "body"
                    && self.is_function(self.tree.parent(next)) =>
                {
                    next += self.tree.sizes.value(next).max(1) as usize;
                    continue;
                }
                _ if self.tree.field(next) == "decorator_list" => {
                    if !QUIET_DECORATORS.contains(&self.tree.name(next)) {
                        return true;
                    }
                }
                Kind::If | Kind::Assign | Kind::AnnAssign | Kind::Expr | Kind::Pass => {}
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::Lambda => {}
                Kind::arguments | Kind::arg | Kind::Name | Kind::Attribute | Kind::Constant => {}
                Kind::Tuple | Kind::List | Kind::Dict | Kind::Set | Kind::BinOp | Kind::BoolOp | Kind::UnaryOp => {}
                Kind::Compare | Kind::IfExp | Kind::Subscript | Kind::Slice => {}
                _ => return true,
            }
            next += 1;
        }
        false
    }

    fn is_function(&self, node: Option<usize>) -> bool {
        let is = |kind| matches!(kind, Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::Lambda);
        node.is_some_and(|n| is(self.tree.kind(n)))
    }
}
