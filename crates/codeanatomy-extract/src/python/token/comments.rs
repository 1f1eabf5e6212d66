//! Rows of `comments`.

use codeanatomy_model::dataset::CommentRow;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

use super::directive::classify;
use super::owner::{Comment, Owners};
use crate::file::{Source, encoding_comment};
use crate::table::Table;

/// Adds the rows of a file's comments. `owners` are the definitions that they may belong to, and `id` gives their ids.
pub(crate) fn rows<'i>(
    source: &Source<'_>,
    tokens: &Tokens,
    mut owners: Option<Owners<'_>>,
    id: impl Fn(u32) -> &'i str,
    table: &mut Table,
) {
    let wants_kind = table.wants("kind") || table.wants("directive");
    let encoding = if wants_kind {
        encoding_comment(source.text)
    } else {
        None
    };
    let mut lines = source.lines.cursor();
    // Of the last token, and of the last token of code.
    let (mut end, mut code_end) = (0, 0);
    for token in tokens.iter() {
        let (bstart, bend) = (token.start().to_u32(), token.end().to_u32());
        match token.kind() {
            TokenKind::Comment => {}
            TokenKind::Newline | TokenKind::NonLogicalNewline | TokenKind::Indent | TokenKind::Dedent => {
                end = bend;
                continue;
            }
            _ => {
                (end, code_end) = (bend, bend);
                continue;
            }
        }
        let text = source.text.get(bstart as usize..bend as usize).unwrap_or_default();
        let (line, line_start) = lines.line(bstart);
        let is_own_line = end <= line_start;
        let (kind, directive) = if !wants_kind {
            ("", None)
        } else if bstart == 0 && text.starts_with("#!") {
            ("shebang", None)
        } else if encoding == Some(bstart as usize) {
            ("encoding", None)
        } else {
            classify(text)
        };
        let owner = owners.as_mut().and_then(|owners| {
            owners.of(Comment {
                bstart,
                is_own_line,
                code_end,
            })
        });
        table.push(&CommentRow {
            path: &source.entry.path,
            bstart: i64::from(bstart),
            bend: i64::from(bend),
            kind,
            directive,
            is_own_line,
            container_id: owner.map(&id),
            text,
            line,
        });
        end = bend;
    }
}
