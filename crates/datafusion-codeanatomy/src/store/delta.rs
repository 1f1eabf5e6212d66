//! Integers as the differences of neighbours, in whole bytes.

/// Differences of a block, and of a miniblock, which a block has four of: the least that Parquet allows.
const BLOCK: usize = 128;
const MINIBLOCK: usize = 32;

/// Appends `values` in Parquet's encoding `DELTA_BINARY_PACKED`.
///
/// The encoding leaves to the writer with how many bits the differences of a block are stored, and what is taken off all of them first. The usual choice is
/// the fewest bits, which no compressor can shorten any more, since what is alike does not begin at the same bit. Here it is 8, 16, 32 or 64 bits, and what
/// is taken off depends on nothing else: so the same difference is the same bytes nearly everywhere, and zstd finds what comes again. For offsets in a tree in
/// preorder that takes half the bytes.
///
/// ```text
/// 10 13 13 17  ─▶  first 10, differences 3 0 4  ─▶  least -128, 8 bits: 83 80 84
/// ```
pub(super) fn encode(values: &[i64], to: &mut Vec<u8>) {
    number(BLOCK as u64, to);
    number((BLOCK / MINIBLOCK) as u64, to);
    number(values.len() as u64, to);
    signed(values.first().copied().unwrap_or_default(), to);
    let differences: Vec<i64> = values.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    for block in differences.chunks(BLOCK) {
        let (least, bytes) = width(block);
        signed(least, to);
        for i in 0..BLOCK / MINIBLOCK {
            let is_used = i * MINIBLOCK < block.len();
            to.push(if is_used { 8 * bytes as u8 } else { 0 });
        }
        for difference in block {
            to.extend_from_slice(&difference.wrapping_sub(least).to_le_bytes()[..bytes]);
        }
        // The last miniblock is full, whatever is in it.
        let missing = block.len().next_multiple_of(MINIBLOCK) - block.len();
        to.resize(to.len() + missing * bytes, 0);
    }
}

/// What is taken off differences, and the bytes that each of them takes then.
fn width(differences: &[i64]) -> (i64, usize) {
    let least = differences.iter().copied().min().unwrap_or_default();
    let greatest = differences.iter().copied().max().unwrap_or_default();
    let fits = |low: i64, high: i64| low <= least && greatest <= high;
    if fits(i8::MIN.into(), i8::MAX.into()) {
        (i8::MIN.into(), 1)
    } else if fits(i16::MIN.into(), i16::MAX.into()) {
        (i16::MIN.into(), 2)
    } else if fits(i32::MIN.into(), i32::MAX.into()) {
        (i32::MIN.into(), 4)
    } else {
        (i64::MIN, 8)
    }
}

/// Seven bits a byte, the lowest first.
pub(super) fn number(mut number: u64, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// With the sign in the lowest bit.
fn signed(value: i64, to: &mut Vec<u8>) {
    number(((value << 1) ^ (value >> 63)) as u64, to);
}
