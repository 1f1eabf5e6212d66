//! Rows of `tokens`.

use super::kind::Kind;
use super::position::positions;
use super::sequence::{Token, slice};
use crate::file::Source;
use crate::table::Table;

/// The columns that need lines to be counted.
const PLACED: [&str; 4] = ["line", "col_utf32", "end_line", "end_col_utf32"];

/// Adds the rows of a file's tokens, column by column.
pub(super) fn write(source: &Source<'_>, mut tokens: Vec<Token>, table: &mut Table) {
    let kind = |token: &Token| Kind::WORDS[token.kind.general() as usize];
    let chosen = table.chosen(tokens.len(), |_, i| Some(kind(&tokens[i as usize])));
    if let Some(ids) = &chosen {
        tokens = ids.iter().map(|id| tokens[*id as usize]).collect();
    }
    let count = tokens.len();
    let positions = if PLACED.iter().any(|column| table.wants(column)) {
        positions(source, &tokens)
    } else {
        Vec::new()
    };
    for part in table.parts(count) {
        let (tokens, chosen) = (&tokens[part.clone()], chosen.as_ref().map(|ids| &ids[part.clone()]));
        let positions = positions.get(part.clone()).unwrap_or_default();
        table.append(part.len(), |name, column| match name {
            "path" => column.repeated_text(&source.entry.path, part.len()),
            "token_id" => match chosen {
                Some(ids) => column.ints(ids.iter().copied()),
                None => column.ints(part.start as u32..part.end as u32),
            },
            "kind" => column.words(Kind::WORDS, tokens.iter().map(|t| t.kind.general() as u8)),
            "exact_kind" => column.words(Kind::WORDS, tokens.iter().map(|t| t.kind as u8)),
            "text" => column.texts(tokens.iter().map(|t| Some(slice(source.text, *t)))),
            "bstart" => column.ints(tokens.iter().map(|t| t.bstart)),
            "bend" => column.ints(tokens.iter().map(|t| t.bend)),
            "line" => column.ints(positions.iter().map(|p| p.line)),
            "col_utf32" => column.ints(positions.iter().map(|p| p.column)),
            "end_line" => column.ints(positions.iter().map(|p| p.end_line)),
            "end_col_utf32" => column.ints(positions.iter().map(|p| p.end_column)),
            _ => {}
        });
    }
}
