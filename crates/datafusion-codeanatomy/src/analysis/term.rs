//! A query as it means something: rows that are told apart by where they come from, and values over them, without names of its own.
//!
//! Aliases, names of common table expressions and sub-queries that only pick columns leave no trace: a value is written over the columns of tables,
//! and over what groups and windows compute.

use std::sync::Arc;

/// A place where values come to be: a scan, a group, a window, a union. It is numbered in the order of the plan.
pub(super) type Place = usize;

/// Rows with their columns.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) rows: Arc<Rows>,
    pub(super) columns: Vec<Term>,
    /// The order in which they come, if it was asked for.
    pub(super) order: Vec<Key>,
}

/// A key of an order.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) term: Term,
    pub(super) is_ascending: bool,
    pub(super) nulls_first: bool,
}

/// Which rows there are.
#[derive(Debug)]
pub(super) enum Rows {
    /// Of a table. `name` is shown, `identity` tells it from all others.
    Scan {
        place: Place,
        name: String,
        identity: String,
    },
    /// That are written out.
    Values { place: Place, rows: Vec<Vec<Term>> },
    /// One without columns, or none.
    Unit { has_row: bool },
    /// All combinations of the inputs' rows that meet the conditions. `is_closed` if a condition may differ each time: then it stays where it is.
    Select {
        inputs: Vec<Arc<Rows>>,
        conditions: Vec<Term>,
        is_closed: bool,
    },
    /// A join that is not an inner one. `is_set` for what INTERSECT and EXCEPT become.
    Join {
        place: Place,
        kind: &'static str,
        is_set: bool,
        left: Arc<Rows>,
        right: Arc<Rows>,
        conditions: Vec<Term>,
    },
    /// One per group. With grouping sets, `sets` has the numbers of the keys of each.
    Group {
        place: Place,
        keys: Vec<Term>,
        sets: Option<Vec<Vec<usize>>>,
        input: Arc<Rows>,
    },
    /// Those of the input; here windows are computed.
    Window { place: Place, input: Arc<Rows> },
    /// The first for each value of the keys: `DISTINCT ON`.
    First {
        keys: Vec<Term>,
        order: Vec<Key>,
        input: Arc<Rows>,
    },
    /// `LIMIT fetch OFFSET skip`
    Limit {
        skip: Option<Term>,
        fetch: Option<Term>,
        order: Vec<Key>,
        input: Arc<Rows>,
    },
    /// In an order that what is above may see.
    Ordered { order: Vec<Key>, input: Arc<Rows> },
    /// `UNION ALL`; the columns of the inputs fit by their number.
    Union { place: Place, inputs: Vec<Relation> },
    /// One per item of lists; `nulls` says what becomes of lists without items.
    Unnest {
        place: Place,
        lists: Vec<Term>,
        nulls: String,
        input: Arc<Rows>,
    },
    /// `WITH RECURSIVE`
    Recursive {
        place: Place,
        is_distinct: bool,
        first: Box<Relation>,
        step: Box<Relation>,
    },
    /// What the step of a recursive query reads of itself.
    Again { of: Place },
    /// Of a node that is not known here.
    Other {
        place: Place,
        name: String,
        terms: Vec<Term>,
        inputs: Vec<Relation>,
    },
}

/// A value, for each row. Terms share their parts.
#[derive(Debug, Clone)]
pub(super) struct Term(Arc<(usize, Form)>);

/// How the arguments of an operation count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arguments {
    /// In their order.
    Ordered,
    /// In any order.
    Commute,
    /// In any order, each once.
    Set,
}

/// What a term is.
#[derive(Debug)]
pub(super) enum Form {
    /// A column of a scan; of values, a union or a recursive query, that of this number.
    Column { place: Place, name: String },
    /// A literal, or something that no column decides.
    Value(String),
    /// An operation, or a call of a function of values.
    Call {
        name: String,
        arguments: Arguments,
        terms: Vec<Term>,
    },
    /// `keeps_value` if all values have the new type as they are.
    Cast { ty: String, keeps_value: bool, term: Term },
    /// What is computed there and nowhere else: it may differ each time, or is null where rows have no partner.
    There {
        place: Place,
        kind: &'static str,
        term: Term,
    },
    /// An aggregate or a window function.
    Over { place: Place, call: Over },
    /// A query in an expression, `terms` being compared with what it gives.
    Query {
        kind: QueryKind,
        name: String,
        terms: Vec<Term>,
        relation: Relation,
    },
}

/// A call of an aggregate or a window function.
#[derive(Debug)]
pub(super) struct Over {
    pub(super) name: String,
    pub(super) is_window: bool,
    pub(super) is_distinct: bool,
    pub(super) terms: Vec<Term>,
    pub(super) filter: Option<Term>,
    pub(super) order: Vec<Key>,
    pub(super) partition: Vec<Term>,
    /// The frame, and how nulls are treated.
    pub(super) rest: String,
}

/// What a query in an expression is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueryKind {
    /// Its value.
    Scalar,
    /// Whether it has rows.
    Exists,
    /// Whether a value is among its own.
    Compared,
}

/// A term of more parts is not written out.
pub(super) const MOST_PARTS: usize = 200_000;

impl Term {
    pub(super) fn new(form: Form) -> Self {
        let mut size = 1_usize;
        form.each_part(&mut |part| size = size.saturating_add(part.size()));
        Self(Arc::new((size, form)))
    }

    pub(super) fn call(name: impl Into<String>, terms: Vec<Self>) -> Self {
        Self::operation(name, Arguments::Ordered, terms)
    }

    pub(super) fn operation(name: impl Into<String>, arguments: Arguments, terms: Vec<Self>) -> Self {
        let name = name.into();
        let terms = match arguments {
            Arguments::Set => Self::spliced(&name, terms),
            _ => terms,
        };
        Self::new(Form::Call { name, arguments, terms })
    }

    /// The terms with those of an operation of this name on a set in its place.
    pub(super) fn spliced(operation: &str, terms: Vec<Self>) -> Vec<Self> {
        let parts = terms.into_iter().flat_map(|term| match term.form() {
            Form::Call {
                name,
                arguments: Arguments::Set,
                terms,
            } if name == operation => terms.clone(),
            _ => vec![term],
        });
        parts.collect()
    }

    pub(super) fn value(text: impl Into<String>) -> Self {
        Self::new(Form::Value(text.into()))
    }

    pub(super) fn column(place: Place, name: impl Into<String>) -> Self {
        Self::new(Form::Column {
            place,
            name: name.into(),
        })
    }

    pub(super) fn there(place: Place, kind: &'static str, term: Self) -> Self {
        Self::new(Form::There { place, kind, term })
    }

    pub(super) fn form(&self) -> &Form {
        &self.0.1
    }

    /// How many parts it has, written out.
    pub(super) fn size(&self) -> usize {
        self.0.0
    }

    /// What tells it from every other that is there.
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }
}

impl Form {
    /// Calls `see` with each term right below, those of queries left out.
    pub(super) fn each_part<'a>(&'a self, see: &mut impl FnMut(&'a Term)) {
        match self {
            Self::Column { .. } | Self::Value(_) => {}
            Self::Call { terms, .. } | Self::Query { terms, .. } => terms.iter().for_each(see),
            Self::Cast { term, .. } | Self::There { term, .. } => see(term),
            Self::Over { call, .. } => {
                let keys = call.order.iter().map(|key| &key.term);
                call.terms
                    .iter()
                    .chain(&call.filter)
                    .chain(keys)
                    .chain(&call.partition)
                    .for_each(see);
            }
        }
    }
}

impl Rows {
    /// The rows that these are made of, and relations, apart.
    pub(super) fn inputs(&self) -> (Vec<&Arc<Rows>>, Vec<&Relation>) {
        match self {
            Self::Scan { .. } | Self::Values { .. } | Self::Unit { .. } | Self::Again { .. } => (vec![], vec![]),
            Self::Select { inputs, .. } => (inputs.iter().collect(), vec![]),
            Self::Join { left, right, .. } => (vec![left, right], vec![]),
            Self::Group { input, .. }
            | Self::Window { input, .. }
            | Self::First { input, .. }
            | Self::Limit { input, .. }
            | Self::Ordered { input, .. }
            | Self::Unnest { input, .. } => (vec![input], vec![]),
            Self::Union { inputs, .. } | Self::Other { inputs, .. } => (vec![], inputs.iter().collect()),
            Self::Recursive { first, step, .. } => (vec![], vec![first, step]),
        }
    }

    /// The terms that decide which rows there are.
    pub(super) fn terms(&self) -> Vec<&Term> {
        match self {
            Self::Values { rows, .. } => rows.iter().flatten().collect(),
            Self::Select { conditions, .. } | Self::Join { conditions, .. } => conditions.iter().collect(),
            Self::Group { keys, .. } => keys.iter().collect(),
            Self::First { keys: of, order, .. } => of.iter().chain(order.iter().map(|key| &key.term)).collect(),
            Self::Limit { skip, fetch, order, .. } => skip
                .iter()
                .chain(fetch)
                .chain(order.iter().map(|key| &key.term))
                .collect(),
            Self::Ordered { order, .. } => order.iter().map(|key| &key.term).collect(),
            Self::Unnest { lists, .. } => lists.iter().collect(),
            Self::Other { terms, .. } => terms.iter().collect(),
            _ => vec![],
        }
    }
}
