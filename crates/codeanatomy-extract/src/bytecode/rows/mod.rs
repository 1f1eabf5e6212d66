//! Rows of the datasets, one module each.

mod blocks;
mod cfg_edges;
mod code_files;
mod code_units;
mod exception_table;
mod instructions;

pub(super) use code_files::rows as code_files;

use super::Version;
use super::argrepr::Texts;
use super::flow::{self, Block, Edge, ExceptionEntry};
use super::line::{Location, Locations, MISSING, Spans};
use super::marshal::{Field, Objects};
use super::unit::{Instructions, Names, Unit};
use crate::extractor::{Options, Tables};
use crate::table::Column;

/// A file whose units are known.
#[derive(Debug)]
pub(super) struct File<'f, 'a> {
    pub(super) path: &'f str,
    pub(super) version: Version,
    pub(super) objects: &'f Objects<'a>,
    pub(super) units: &'f [Unit<'f, 'a>],
    pub(super) names: &'f Names,
}

/// The blocks of all units.
#[derive(Debug, Default)]
struct Graph {
    /// The number of the block of each instruction.
    numbers: Vec<u32>,
    /// The unit of each block, and the block.
    blocks: Vec<(u32, Block)>,
    /// The unit of each edge, its number there, and the edge.
    edges: Vec<(u32, u32, Edge)>,
    /// The first line among the instructions of each block.
    lines: Vec<i32>,
}

/// Adds the rows of everything inside of code units. Gives whether texts were left out.
pub(super) fn emit(file: &File<'_, '_>, source: Option<&Spans<'_>>, options: Options, tables: &mut Tables) -> bool {
    const POSITIONS: [&str; 7] = [
        "starts_line",
        "line",
        "end_line",
        "col_utf8",
        "end_col_utf8",
        "bstart",
        "bend",
    ];
    let Version { minor, table } = file.version;
    let wants_edges = tables.wants_any(&["blocks", "cfg_edges"]);
    let wants_graph = wants_edges || tables.wants("instructions", &["block_index"]);
    let wants_lines = tables.wants("instructions", &POSITIONS);
    let wants_block_lines = tables.wants("blocks", &["line"]);
    let wants_instructions =
        wants_graph || tables.wants_any(&["instructions"]) || tables.wants("code_units", &["instruction_count"]);
    let is_decoded = if wants_instructions { file.units } else { &[] };
    let mut instructions = Instructions::with_capacity(is_decoded.iter().map(|unit| unit.bytecode.len()).sum());
    let mut texts = tables
        .wants("instructions", &["argrepr"])
        .then(|| Texts::new(file.objects, table, minor, options.max_file_bytes.saturating_mul(4)));
    let mut graph = Graph::default();
    for (i, unit) in is_decoded.iter().enumerate() {
        instructions.decode(unit, table, minor);
        let range = instructions.units[i];
        if wants_lines {
            instructions.locate(unit, unit.code.number(Field::FirstLine), minor);
        }
        if let Some(texts) = &mut texts {
            texts.add(unit, &instructions, range);
        }
        if wants_graph {
            let exceptions: Vec<ExceptionEntry> = flow::entries(unit.exception_table).collect();
            let start = graph.numbers.len();
            let mut blocks = flow::blocks(&instructions, range, table, &exceptions, &mut graph.numbers);
            if !wants_edges {
                continue;
            }
            let edges = flow::edges(&instructions, range, &blocks, &graph.numbers[start..], &exceptions);
            flow::reach(&mut blocks, &edges);
            if wants_block_lines {
                graph
                    .lines
                    .extend(first_lines(file, unit, &instructions, range.start, &blocks));
            }
            graph.blocks.extend(blocks.into_iter().map(|block| (i as u32, block)));
            let numbered = edges.into_iter().enumerate();
            graph
                .edges
                .extend(numbered.map(|(number, edge)| (i as u32, number as u32, edge)));
        }
    }
    if let Some(source) = source.filter(|_| wants_lines && minor >= 11) {
        instructions.find_spans(source);
    }
    if let Some(table) = tables.get("code_units") {
        code_units::rows(file, &instructions, table);
    }
    if let Some(table) = tables.get("exception_table") {
        exception_table::rows(file, table);
    }
    if let Some(table) = tables.get("blocks") {
        blocks::rows(file, &instructions, &graph, table);
    }
    if let Some(table) = tables.get("cfg_edges") {
        cfg_edges::rows(file, &graph, table);
    }
    let is_cut = texts.as_ref().is_some_and(|texts| texts.is_cut);
    if let Some(table) = tables.get("instructions") {
        instructions::rows(file, &instructions, &graph, texts, table);
    }
    is_cut
}

/// The first line of each block's instructions.
fn first_lines(
    file: &File<'_, '_>,
    unit: &Unit<'_, '_>,
    instructions: &Instructions,
    start: usize,
    blocks: &[Block],
) -> Vec<i32> {
    let first_line = unit.code.number(Field::FirstLine);
    let mut locations = Locations::new(unit.line_table, first_line, file.version.minor);
    let mut line_of = |i: u32| locations.at(instructions.offsets[start + i as usize]).0.line;
    blocks
        .iter()
        .map(|block| {
            // All are asked for, as offsets must ascend.
            (block.first..block.end).fold(MISSING, |line, i| {
                let next = line_of(i);
                if line == MISSING { next } else { line }
            })
        })
        .collect()
}

impl File<'_, '_> {
    /// Writes the columns that every dataset of units has; false if the column is none of them. `units` are the units of
    /// the rows.
    fn write_common(&self, name: &str, column: &mut Column, units: impl ExactSizeIterator<Item = u32>) -> bool {
        match name {
            "path" => column.repeated_text(self.path, units.len()),
            "unit_index" => column.ints(units),
            "unit_id" => column.numbered_texts(units.map(Some), |unit| self.names.id(unit)),
            _ => return false,
        }
        true
    }
}

/// One of the four numbers of a location.
type Part = fn(&Location) -> i32;
