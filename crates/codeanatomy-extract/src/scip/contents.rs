//! What an index holds and where: found in one pass that keeps nothing but places and paths.

use std::io::{self, BufReader, Read};

use protobuf::CodedInputStream;
use protobuf::rt::WireType;
use scip::types::Metadata;

use super::wire::{message, skip, split};

/// A longer path is none.
const MAX_PATH_BYTES: u64 = 1 << 16;
/// Longer metadata are not read.
const MAX_METADATA_BYTES: u64 = 1 << 24;

/// The bytes of a message in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Where it begins.
    pub(super) start: u64,
    /// The bytes of it that are there.
    pub(super) length: u64,
    /// The bytes that it says it has.
    pub(super) declared: u64,
}

/// What one pass over an index finds.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Who made it.
    pub(super) metadata: Option<Metadata>,
    /// The documents in the order of the index, each with the path that it names.
    pub(super) documents: Vec<(Option<String>, Extent)>,
    /// The external symbols.
    pub(super) external: Vec<Extent>,
    /// What is wrong with the index as a whole.
    pub(super) problems: Vec<String>,
}

/// Finds what an index of `size` bytes holds.
pub(super) fn scan(reader: &mut impl Read, size: u64) -> Contents {
    let mut contents = Contents::default();
    let mut buffered = BufReader::with_capacity(1 << 16, reader);
    let mut input = CodedInputStream::from_buf_read(&mut buffered);
    loop {
        let start = input.pos();
        let problem = match contents.field(&mut input, size) {
            Ok(Step::Field) => continue,
            Ok(Step::End) => break,
            Ok(Step::CutOff) => format!("the index is cut off: it ends inside its field at byte {start}"),
            Ok(Step::NotScip) => format!("no SCIP from byte {start} on: what is behind it is not read"),
            Err(error) => match io::Error::from(error).kind() {
                // Of the message, not of the system.
                io::ErrorKind::InvalidData | io::ErrorKind::Other => {
                    format!("the index is broken or cut off at byte {start}: what is behind it is not read")
                }
                // The words of the kind are the same on every system.
                kind => format!("the index cannot be read from byte {start} on: {kind}"),
            },
        };
        contents.problems.push(problem);
        break;
    }
    if contents.metadata.is_none() {
        contents
            .problems
            .push("the index does not say who made it: it has no metadata".to_owned());
    }
    if contents.documents.is_empty() {
        contents.problems.push("the index has no documents".to_owned());
    }
    contents
}

/// What stands at a place of an index.
enum Step {
    Field,
    End,
    CutOff,
    NotScip,
}

impl Contents {
    /// Takes the next field.
    fn field(&mut self, input: &mut CodedInputStream<'_>, size: u64) -> protobuf::Result<Step> {
        let Some(tag) = input.read_raw_tag_or_eof()? else {
            return Ok(Step::End);
        };
        let (number, kind) = split(tag);
        match kind {
            Some(WireType::LengthDelimited) => {}
            // Groups are of an older protocol than SCIP is.
            None | Some(WireType::StartGroup | WireType::EndGroup) => return Ok(Step::NotScip),
            Some(kind) => {
                input.skip_field(kind)?;
                return Ok(Step::Field);
            }
        }
        let declared = input.read_raw_varint64()?;
        let start = input.pos();
        let length = declared.min(size.saturating_sub(start));
        let extent = Extent {
            start,
            length,
            declared,
        };
        match number {
            1 if extent.is_whole() && length <= MAX_METADATA_BYTES => {
                let mut bytes = Vec::new();
                input.read_raw_bytes_into(length as u32, &mut bytes)?;
                match message(&bytes) {
                    Some(metadata) => self.metadata = Some(metadata),
                    None => self
                        .problems
                        .push("the metadata of the index cannot be read".to_owned()),
                }
            }
            2 => {
                let path = relative_path(input, length);
                self.documents.push((path, extent));
            }
            3 => self.external.push(extent),
            _ => {}
        }
        if !extent.is_whole() {
            return Ok(Step::CutOff);
        }
        skip(input, length.saturating_sub(input.pos() - start))?;
        Ok(Step::Field)
    }
}

impl Extent {
    /// Whether all of the message is there.
    pub(super) fn is_whole(self) -> bool {
        self.length == self.declared
    }
}

/// The path that a document of `length` bytes names: that of its first field, as a rule.
fn relative_path(input: &mut CodedInputStream<'_>, length: u64) -> Option<String> {
    let outer = input.push_limit(length).ok()?;
    let path = read_relative_path(input).ok().flatten();
    input.pop_limit(outer);
    path
}

fn read_relative_path(input: &mut CodedInputStream<'_>) -> protobuf::Result<Option<String>> {
    while let Some(tag) = input.read_raw_tag_or_eof()? {
        match split(tag) {
            (number, Some(WireType::LengthDelimited)) => {
                let length = input.read_raw_varint64()?;
                if number != 1 || length > MAX_PATH_BYTES {
                    skip(input, length)?;
                    continue;
                }
                let mut bytes = Vec::new();
                input.read_raw_bytes_into(length as u32, &mut bytes)?;
                return Ok(Some(String::from_utf8_lossy(&bytes).into_owned()));
            }
            (_, Some(kind)) => input.skip_field(kind)?,
            (_, None) => break,
        }
    }
    Ok(None)
}
