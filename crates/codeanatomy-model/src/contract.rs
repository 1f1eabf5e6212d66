//! What a dataset promises, and the row struct that is generated from the promise.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::Languages;

/// The type of a column, as the catalogue names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// `Utf8View`.
    Text,
    /// `Int64`.
    Int,
    /// `Boolean`.
    Bool,
}

impl ColumnType {
    /// The Arrow type that providers give.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8View,
            Self::Int => DataType::Int64,
            Self::Bool => DataType::Boolean,
        }
    }

    /// The type's name in SQL.
    pub fn sql_name(self) -> &'static str {
        match self {
            Self::Text => "VARCHAR",
            Self::Int => "BIGINT",
            Self::Bool => "BOOLEAN",
        }
    }
}

/// One column of a dataset.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its SQL name.
    pub name: &'static str,
    /// Its type.
    pub ty: ColumnType,
    /// Whether a value may be missing; the documentation says when.
    pub nullable: bool,
    /// Its meaning, line by line.
    pub doc: &'static [&'static str],
}

/// The family that a dataset belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Files, lines and what is in scope.
    Repository,
    /// Trees, tokens, comments and errors.
    Syntax,
    /// Definitions, references, imports, calls.
    Names,
    /// Scopes, symbols, bindings.
    Scopes,
    /// Trees of tree-sitter's grammars.
    TreeSitter,
    /// Bytecode, control flow, data flow.
    Flow,
    /// What SCIP indexes say.
    Scip,
    /// Modules, and what imports lead to.
    Modules,
    /// What calls what, by an analysis of the whole source.
    CallGraph,
    /// What one extractor says beside what another says.
    CrossChecks,
}

impl Family {
    /// The family's name in the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Syntax => "syntax",
            Self::Names => "names",
            Self::Scopes => "scopes",
            Self::TreeSitter => "tree-sitter",
            Self::Flow => "flow",
            Self::Scip => "scip",
            Self::Modules => "modules",
            Self::CallGraph => "call graph",
            Self::CrossChecks => "cross-checks",
        }
    }
}

/// How the id of a dataset is made: [`crate::id::stable_id`] of a prefix and the named parts.
#[derive(Debug, Clone, Copy)]
pub struct IdRecipe {
    /// The column that holds the id.
    pub column: &'static str,
    /// The prefix, which names what is identified.
    pub prefix: &'static str,
    /// The parts in order: columns of the row, or what the documentation of the column says.
    pub parts: &'static [&'static str],
}

/// The schema, key, order and identity of a dataset.
#[derive(Debug)]
pub struct Contract {
    /// The SQL name.
    pub name: &'static str,
    /// The family.
    pub family: Family,
    /// What the files are written in that it has rows of.
    pub inputs: Languages,
    /// What a row is, line by line.
    pub doc: &'static [&'static str],
    /// The columns in order.
    pub columns: &'static [Column],
    /// The columns that identify a row.
    pub key: &'static [&'static str],
    /// The canonical order: ascending, total, byte order for text.
    pub order: &'static [&'static str],
    /// How its id is made, if it has one.
    pub id: Option<IdRecipe>,
    /// The kind of graph node that each row becomes, if it becomes one.
    pub node: Option<&'static str>,
    /// The argument without which there is nothing to give, if there is one: so it is no table of a source.
    pub requires: Option<&'static str>,
}

impl Contract {
    /// The Arrow schema of all columns.
    pub fn schema(&self) -> SchemaRef {
        let field = |c: &Column| Field::new(c.name, c.ty.data_type(), c.nullable);
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// The position of a column.
    pub fn index_of(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// The documentation as one paragraph.
    pub fn description(&self) -> String {
        paragraph(self.doc)
    }
}

impl Column {
    /// The documentation as one paragraph.
    pub fn description(&self) -> String {
        paragraph(self.doc)
    }
}

fn paragraph(lines: &[&str]) -> String {
    lines
        .iter()
        .map(|l| l.trim())
        .filter(|l| !l.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Receives the cells of a row, in column order.
pub trait CellWriter {
    /// A text cell.
    fn text(&mut self, column: usize, value: Option<&str>);
    /// An integer cell.
    fn int(&mut self, column: usize, value: Option<i64>);
    /// A truth value.
    fn bool(&mut self, column: usize, value: Option<bool>);
}

/// A row of a dataset.
pub trait Row {
    /// The dataset.
    const CONTRACT: &'static Contract;
    /// Hands every cell to `writer`, in column order.
    fn write<W: CellWriter>(&self, writer: &mut W);
}

/// Declares a dataset: its contract and its row struct, from one text.
macro_rules! dataset {
    (
        $(#[doc = $doc:expr])*
        $row:ident = $name:literal, $family:ident;
        $(inputs $inputs:ident;)?
        key [$($key:ident),*]; order [$($order:ident),*];
        $(id $id:ident = $prefix:literal ($($part:ident),*);)?
        $(node $node:literal;)?
        $(requires $argument:literal;)?
        { $( $(#[doc = $cdoc:expr])* $col:ident : $ty:ident ),* $(,)? }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $row<'a> { $( $(#[doc = $cdoc])* pub $col: $crate::contract::cell!($ty) ),* }

        impl $crate::Row for $row<'_> {
            const CONTRACT: &'static $crate::Contract = &$crate::Contract {
                name: $name,
                family: $crate::Family::$family,
                inputs: $crate::contract::inputs!($($inputs)?),
                doc: &[$($doc),*],
                columns: &[$($crate::Column {
                    name: stringify!($col),
                    ty: $crate::contract::cell!(type $ty),
                    nullable: $crate::contract::cell!(nullable $ty),
                    doc: &[$($cdoc),*],
                }),*],
                key: &[$(stringify!($key)),*],
                order: &[$(stringify!($order)),*],
                id: $crate::contract::optional!($($crate::IdRecipe {
                    column: stringify!($id), prefix: $prefix, parts: &[$(stringify!($part)),*],
                })?),
                node: $crate::contract::optional!($($node)?),
                requires: $crate::contract::optional!($($argument)?),
            };

            #[inline]
            fn write<W: $crate::CellWriter>(&self, writer: &mut W) {
                let mut _column = 0;
                $( $crate::contract::cell!(write $ty, writer, _column, self.$col); _column += 1; )*
            }
        }
    };
}

macro_rules! cell {
    (Text) => { &'a str };
    (OptText) => { Option<&'a str> };
    (Int) => { i64 };
    (OptInt) => { Option<i64> };
    (Bool) => { bool };
    (OptBool) => { Option<bool> };
    (type Text) => { $crate::ColumnType::Text };
    (type OptText) => { $crate::ColumnType::Text };
    (type Int) => { $crate::ColumnType::Int };
    (type OptInt) => { $crate::ColumnType::Int };
    (type Bool) => { $crate::ColumnType::Bool };
    (type OptBool) => { $crate::ColumnType::Bool };
    (nullable Text) => { false };
    (nullable OptText) => { true };
    (nullable Int) => { false };
    (nullable OptInt) => { true };
    (nullable Bool) => { false };
    (nullable OptBool) => { true };
    (write Text, $w:expr, $i:expr, $v:expr) => { $w.text($i, Some($v)) };
    (write OptText, $w:expr, $i:expr, $v:expr) => { $w.text($i, $v) };
    (write Int, $w:expr, $i:expr, $v:expr) => { $w.int($i, Some($v)) };
    (write OptInt, $w:expr, $i:expr, $v:expr) => { $w.int($i, $v) };
    (write Bool, $w:expr, $i:expr, $v:expr) => { $w.bool($i, Some($v)) };
    (write OptBool, $w:expr, $i:expr, $v:expr) => { $w.bool($i, $v) };
}

/// A constant of [`Languages`]; Python if nothing is said.
macro_rules! inputs {
    () => {
        $crate::Languages::PYTHON
    };
    ($inputs:ident) => {
        $crate::Languages::$inputs
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

pub(crate) use {cell, dataset, inputs, optional};
