//! Running a file of statements, up to the first that fails.
//!
//! datafusion-cli's own runner cuts at lines that end with `;` and goes on after an error with exit code 0, so it serves
//! neither several statements on a line nor a CI.

use datafusion::sql::parser::DFParser;
use datafusion::sql::sqlparser::dialect::{Dialect, dialect_from_str};
use datafusion::sql::sqlparser::tokenizer::{Location, Token, Tokenizer};
use datafusion_cli::exec::exec_from_commands;
use datafusion_cli::print_options::PrintOptions;
use datafusion_codeanatomy::with_signature;

use crate::failure::Failure;
use crate::statements::Statements;

/// Runs the statements of a file one by one; a failure names the file and the line.
pub(crate) async fn run(ctx: &Statements, name: &str, text: &str, print: &PrintOptions) -> Result<(), Failure> {
    let mut place = Place::start(text);
    // A script may begin as programs do.
    if text.starts_with("#!") {
        place.advance_to(Location::new(2, 1));
    }
    // Again only after a statement changed the dialect, since that decides how the rest is cut.
    loop {
        let dialect_name = dialect_name(ctx);
        let dialect = dialect_from_str(&dialect_name)
            .ok_or_else(|| Failure::from(format!("there is no SQL dialect '{dialect_name}'")))?;
        let (statements, unfinished) = cut(&place, dialect.as_ref());
        let mut changed = false;
        for statement in statements {
            let done = exec_from_commands(ctx, vec![statement.text.to_owned()], print).await;
            done.map_err(|error| {
                let error = with_signature(error, statement.text, &ctx.ctx.state());
                statement
                    .failure(error.into(), dialect.as_ref())
                    .at(&statement.label(name))
            })?;
            changed = self::dialect_name(ctx) != dialect_name;
            if changed {
                place = statement.end;
                break;
            }
        }
        if !changed {
            let Some((line, message)) = unfinished else {
                return Ok(());
            };
            return Err(Failure::from(format!("{name}:{line}: SQL error: {message}")));
        }
    }
}

fn dialect_name(ctx: &Statements) -> String {
    ctx.ctx.state().config().options().sql_parser.dialect.to_string()
}

/// A position in the text: what follows it, and its line and column, from 1; columns count characters.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    rest: &'a str,
    line: u64,
    column: u64,
}

impl<'a> Place<'a> {
    fn start(text: &'a str) -> Self {
        Self {
            rest: text,
            line: 1,
            column: 1,
        }
    }

    /// Moves on to a location that is counted from the start of the whole text.
    fn advance_to(&mut self, location: Location) {
        let mut characters = self.rest.chars();
        while (self.line, self.column) < (location.line, location.column) {
            let Some(character) = characters.next() else { break };
            if character == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.rest = characters.as_str();
    }

    /// A location that the tokenizer counted from here, as one of the whole text.
    fn absolute(&self, location: Location) -> Location {
        let column = if location.line == 1 {
            self.column + location.column - 1
        } else {
            location.column
        };
        Location::new(self.line + location.line - 1, column)
    }
}

/// One statement, without its `;`.
#[derive(Debug)]
struct Statement<'a> {
    text: &'a str,
    start: Place<'a>,
    end: Place<'a>,
}

impl Statement<'_> {
    fn label(&self, name: &str) -> String {
        format!("{name}:{}", self.start.line)
    }

    /// A statement that does not parse is parsed again at its place in the file, so that the message names it.
    fn failure(&self, failure: Failure, dialect: &dyn Dialect) -> Failure {
        let lines = "\n".repeat(usize::try_from(self.start.line - 1).unwrap_or_default());
        let columns = " ".repeat(usize::try_from(self.start.column - 1).unwrap_or_default());
        match DFParser::parse_sql_with_dialect(&format!("{lines}{columns}{}", self.text), dialect) {
            Ok(_) => failure,
            Err(error) => error.into(),
        }
    }
}

/// The statements from a place on, and what cannot be read as SQL after them: its line and the reason.
fn cut<'a>(from: &Place<'a>, dialect: &dyn Dialect) -> (Vec<Statement<'a>>, Option<(u64, String)>) {
    let mut tokens = Vec::new();
    let error = Tokenizer::new(dialect, from.rest)
        .tokenize_with_location_into_buf(&mut tokens)
        .err();
    let mut statements = Vec::new();
    let mut place = *from;
    let mut start: Option<Place<'a>> = None;
    for token in &tokens {
        match token.token {
            // Comments are white space too.
            Token::Whitespace(_) => {}
            Token::SemiColon => {
                place.advance_to(from.absolute(token.span.start));
                let begin = start.take();
                let text_end = place;
                place.advance_to(from.absolute(token.span.end));
                statements.extend(begin.map(|begin| statement(begin, text_end, place)));
            }
            _ if start.is_none() => {
                place.advance_to(from.absolute(token.span.start));
                start = Some(place);
            }
            _ => {}
        }
    }
    match error {
        Some(error) => (statements, Some((from.absolute(error.location).line, error.message))),
        None => {
            let end = Place { rest: "", ..place };
            statements.extend(start.map(|begin| statement(begin, end, end)));
            (statements, None)
        }
    }
}

fn statement<'a>(start: Place<'a>, text_end: Place<'a>, end: Place<'a>) -> Statement<'a> {
    let length = start.rest.len() - text_end.rest.len();
    Statement {
        text: start.rest.get(..length).unwrap_or(start.rest),
        start,
        end,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;

    use super::*;

    fn texts(sql: &str) -> Vec<(u64, &str)> {
        let (statements, error) = cut(&Place::start(sql), &GenericDialect {});
        assert_eq!(error, None);
        statements
            .iter()
            .map(|statement| (statement.start.line, statement.text.trim_end()))
            .collect()
    }

    #[test]
    fn statements_end_at_semicolons_of_the_sql_and_nowhere_else() {
        let sql = "-- one; two\nSELECT 'a;b', \"c;d\" /* ; */;SELECT\n 2;;\n\n; -- the last; has none\n SELECT 'é;'\n";
        assert_eq!(
            texts(sql),
            [
                (2, "SELECT 'a;b', \"c;d\" /* ; */"),
                (2, "SELECT\n 2"),
                (6, "SELECT 'é;'")
            ]
        );
    }

    #[test]
    fn a_text_of_comments_has_no_statement() {
        assert!(texts("-- nothing\n/* at\nall */ ;\n").is_empty());
    }

    #[test]
    fn what_stands_before_an_unfinished_string_is_cut_and_its_line_is_known() {
        let (statements, error) = cut(&Place::start("SELECT 1;\nSELECT 'open\n"), &GenericDialect {});
        assert_eq!(statements.len(), 1);
        assert_eq!(error.map(|(line, _)| line), Some(2));
    }

    #[test]
    fn cutting_goes_on_from_a_place_in_the_middle_of_a_line() {
        let sql = "SELECT 1; SELECT 2;\nSELECT 3";
        let (statements, _) = cut(&Place::start(sql), &GenericDialect {});
        let (rest, _) = cut(&statements[0].end, &GenericDialect {});
        let places: Vec<_> = rest.iter().map(|s| (s.start.line, s.start.column, s.text)).collect();
        assert_eq!(places, [(1, 11, "SELECT 2"), (2, 1, "SELECT 3")]);
    }
}
