//! From text to a tree, its diagnostics, and a stack that the tree fits on.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ModModule, PySourceType, PythonVersion};
use ruff_python_parser::lexer::lex;
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::TextRange;

use super::tree::ParsedModule;
use crate::file::Diagnostic;

/// The stack that one level of a tree may take, in bytes, whoever walks or drops it. A quarter of it suffices for the
/// deepest trees of the tests.
const BYTES_PER_LEVEL: usize = if cfg!(debug_assertions) { 8 << 10 } else { 1 << 10 };

/// The levels that the parser's own calls take for one lambda in the default of another.
const LEVELS_PER_LAMBDA: usize = 4;
/// The brackets in targets of assignments for which they take one level.
const BRACKETS_PER_LEVEL: usize = 8;
/// As many such levels are taken as they are counted; for more, a text is looked at more closely.
pub(super) const COUNTED_LEVELS: usize = 4096;

/// The most levels for which a rough bound of the nesting is good enough: they fit on the stack of any thread.
const ROUGH_LEVELS: usize = 512;

/// Levels that the estimate of the nesting is increased by: a leaf may have more nodes than tokens.
const SPARE_LEVELS: usize = 64;

/// A bound of the levels that the parser nests without making room for them on the stack, as it does elsewhere: lambdas
/// that are defaults of lambdas, and targets of assignments.
pub(super) fn unguarded_levels(text: &str) -> usize {
    let bytes = text.as_bytes();
    let lambdas = memchr::memmem::find_iter(bytes, b"lambda").count();
    let brackets = count(bytes, |b| matches!(b, b'(' | b'['));
    let levels = LEVELS_PER_LAMBDA * lambdas + brackets / BRACKETS_PER_LEVEL;
    if levels < COUNTED_LEVELS {
        levels
    } else {
        lexed_levels(text)
    }
}

/// How many bytes are of a kind. They are counted in runs that a byte can count, so that many are looked at at once.
fn count(bytes: &[u8], is_of_kind: impl Fn(u8) -> bool) -> usize {
    const RUN: usize = 192;
    let of_run = |run: &[u8]| run.iter().fold(0_u8, |sum, b| sum + u8::from(is_of_kind(*b)));
    bytes.chunks(RUN).map(|run| usize::from(of_run(run))).sum()
}

/// The same by the tokens of a text: how deep brackets nest, and the defaults that are lambdas in one statement.
#[cold]
fn lexed_levels(text: &str) -> usize {
    let (mut depth, mut lambdas, mut deepest, mut most) = (0_usize, 0_usize, 0, 0);
    let mut after_equal = false;
    let mut lexer = lex(text, Mode::Module);
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => break,
            TokenKind::Comment | TokenKind::NonLogicalNewline => continue,
            TokenKind::Lpar | TokenKind::Lsqb => depth += 1,
            TokenKind::Rpar | TokenKind::Rsqb => depth = depth.saturating_sub(1),
            TokenKind::Lambda if after_equal => lambdas += 1,
            TokenKind::Newline => (depth, lambdas) = (0, 0),
            _ => {}
        }
        after_equal = kind == TokenKind::Equal;
        (deepest, most) = (depth.max(deepest), lambdas.max(most));
    }
    LEVELS_PER_LAMBDA * (most + 1) + deepest / BRACKETS_PER_LEVEL
}

/// Parses a file; `levels` are its [`unguarded_levels`]. A tree comes out of every text.
pub(super) fn parse(text: &str, is_stub: bool, levels: usize) -> Option<Parsed<ModModule>> {
    let kind = if is_stub {
        PySourceType::Stub
    } else {
        PySourceType::Python
    };
    let options = ParseOptions::from(kind).with_target_version(PythonVersion::latest_preview());
    with_stack(levels, || parse_unchecked(text, options)).try_into_module()
}

/// What is wrong with a file, in the order of its text.
pub(super) fn diagnostics(text: &str, parsed: &ParsedModule) -> Vec<Diagnostic> {
    let span = |range: TextRange| Some((range.start().to_u32(), range.end().to_u32()));
    let syntax = parsed.errors().map(|e| Diagnostic {
        source: "syntax",
        message: e.error.to_string(),
        span: span(e.location),
    });
    let version = parsed.version_errors().iter().map(|e| Diagnostic {
        source: "version",
        message: e.to_string(),
        span: span(e.range),
    });
    // The parser takes a null byte in a comment or string.
    let null = memchr::memchr(0, text.as_bytes()).map(|at| Diagnostic {
        source: "syntax",
        message: "Source code cannot contain null bytes".to_owned(),
        span: Some((at as u32, at as u32 + 1)),
    });
    let mut all: Vec<Diagnostic> = (syntax.chain(version).chain(null))
        .chain(parsed.missed().iter().cloned())
        .collect();
    all.sort_by_key(|d| d.span);
    all
}

/// Where a block ends as CPython has it, whose last statement, a simple one, ends at `end`: a semicolon behind that belongs to
/// the statements around the block.
pub(super) fn block_end(text: &str, end: u32) -> u32 {
    let bytes = text.as_bytes();
    let mut at = end as usize;
    loop {
        match bytes.get(at) {
            Some(b';') => return at as u32 + 1,
            Some(b' ' | b'\t' | b'\x0c') => at += 1,
            Some(b'\\') => match (bytes.get(at + 1), bytes.get(at + 2)) {
                (Some(b'\r'), Some(b'\n')) => at += 3,
                (Some(b'\r' | b'\n'), _) => at += 2,
                _ => return end,
            },
            _ => return end,
        }
    }
}

/// A bound of how deep the tree of these tokens nests. With `recovered`, the parser may have skipped commas. A rough bound
/// will do up to `room` levels.
pub(super) fn nesting_bound(tokens: &Tokens, recovered: bool, room: usize) -> usize {
    let rough = rough_bound(tokens);
    if rough <= room.min(ROUGH_LEVELS) {
        rough
    } else {
        close_bound(tokens, recovered)
    }
}

/// Nodes nest in blocks, and in a line by its tokens.
fn rough_bound(tokens: &Tokens) -> usize {
    let (mut indents, mut deepest) = (0_usize, 0);
    let (mut start, mut longest) = (0, 0);
    for (i, token) in tokens.iter().enumerate() {
        match token.kind() {
            TokenKind::Newline => {
                longest = longest.max(i - start);
                start = i;
            }
            TokenKind::Indent => {
                indents += 1;
                deepest = deepest.max(indents);
            }
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            _ => {}
        }
    }
    longest.max(tokens.len() - start) + deepest + SPARE_LEVELS
}

/// Nodes nest in blocks, and in a line by its brackets and, between
/// two commas, by its tokens. With `recovered`, commas separate nothing.
fn close_bound(tokens: &Tokens, recovered: bool) -> usize {
    let mut indents = 0_usize;
    let mut bound = 0_usize;
    // Of the innermost open bracket, of those around it, and of all together: tokens since the last comma, and those that
    // a comma does not end: the bracket itself, and `lambda`, which has commas of its own.
    let (mut chain, mut kept) = (0_usize, 0_usize);
    let mut around: Vec<(usize, usize)> = Vec::new();
    let mut sum = 0_usize;
    let mut after_string = false;
    for token in tokens.iter() {
        let kind = token.kind();
        let mut nests = false;
        match kind {
            TokenKind::Comment | TokenKind::NonLogicalNewline => continue,
            // The parts of a concatenation stand beside each other.
            TokenKind::String if after_string => continue,
            TokenKind::Newline => {
                after_string = false;
                around.clear();
                (chain, kept, sum) = (0, 0, 0);
                continue;
            }
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Lambda => nests = true,
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart
                if !recovered =>
            {
                around.push((chain, kept));
                (chain, kept) = (0, 0);
                nests = true;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                if let Some(outer) = around.pop() {
                    sum -= chain + kept;
                    (chain, kept) = outer;
                }
            }
            TokenKind::Semi if !recovered && around.is_empty() => (chain, kept, sum) = (0, 0, 0),
            TokenKind::Comma if !recovered => {
                sum -= chain;
                chain = 0;
                after_string = false;
                continue;
            }
            _ => {}
        }
        after_string = kind == TokenKind::String;
        *(if nests { &mut kept } else { &mut chain }) += 1;
        sum += 1;
        bound = bound.max(sum + indents);
    }
    bound + SPARE_LEVELS
}

/// Calls `f` on a stack that holds `levels` levels of a tree.
pub(super) fn with_stack<T>(levels: usize, f: impl FnOnce() -> T) -> T {
    let need = levels.saturating_mul(BYTES_PER_LEVEL);
    // What is left is unknown on some platforms; a thread has at least a few hundred kilobytes.
    let left = stacker::remaining_stack().unwrap_or(256 << 10);
    if need < left / 2 {
        f()
    } else {
        stacker::grow(need + (256 << 10), f)
    }
}
