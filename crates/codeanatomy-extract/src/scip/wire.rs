//! The fields of a message, one by one: where one cannot be read, those around it still can.

use protobuf::rt::WireType;
use protobuf::{CodedInputStream, Message};

/// A field of a message in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Text, bytes or a message.
    Bytes(&'a [u8]),
    /// A number.
    Varint(u64),
    /// What no field of ours is.
    Other,
}

/// Reads a message. None if it is broken, or says that it goes on where it ends.
pub(super) fn message<M: Message>(bytes: &[u8]) -> Option<M> {
    let mut input = CodedInputStream::from_bytes(bytes);
    // Without a limit, what is inside of a message may say that it is longer than the message.
    input.push_limit(bytes.len() as u64).ok()?;
    let mut message = M::new();
    message.merge_from(&mut input).ok()?;
    Some(message)
}

/// Hands `each` the number and value of the fields of `message`. False if the message is cut off or broken, after those
/// that could be read.
pub(super) fn fields<'a>(message: &'a [u8], mut each: impl FnMut(u32, Value<'a>)) -> bool {
    let mut input = CodedInputStream::from_bytes(message);
    loop {
        match input.read_raw_tag_or_eof() {
            Ok(None) => return true,
            Ok(Some(tag)) => match value(message, &mut input, tag) {
                Some((number, value)) => each(number, value),
                None => return false,
            },
            Err(_) => return false,
        }
    }
}

fn value<'a>(message: &'a [u8], input: &mut CodedInputStream<'_>, tag: u32) -> Option<(u32, Value<'a>)> {
    let (number, kind) = split(tag);
    let value = match kind? {
        WireType::Varint => Value::Varint(input.read_raw_varint64().ok()?),
        WireType::LengthDelimited => {
            let length = input.read_raw_varint64().ok()?;
            let rest = message.get(usize::try_from(input.pos()).ok()?..)?;
            let bytes = rest.get(..usize::try_from(length).ok()?)?;
            skip(input, length).ok()?;
            Value::Bytes(bytes)
        }
        kind => {
            input.skip_field(kind).ok()?;
            Value::Other
        }
    };
    Some((number, value))
}

/// The number and the form of the field of a tag. There is no field 0.
pub(super) fn split(tag: u32) -> (u32, Option<WireType>) {
    let number = tag >> 3;
    (number, WireType::new(tag & 7).filter(|_| number > 0))
}

/// Passes over bytes.
pub(super) fn skip(input: &mut CodedInputStream<'_>, mut bytes: u64) -> protobuf::Result<()> {
    while bytes > 0 {
        let step = u32::try_from(bytes).unwrap_or(u32::MAX);
        input.skip_raw_bytes(step)?;
        bytes -= u64::from(step);
    }
    Ok(())
}
