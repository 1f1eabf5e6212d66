//! Sizes on the command line.

/// Bytes from a whole number with an optional unit `b`, `k`, `kb`, `m`, `mb`, `g`, `gb`, `t`, `tb`, in powers of 1024.
pub(crate) fn parse(text: &str) -> Result<usize, String> {
    let invalid = || format!("'{text}' is not a size such as 512m or 10g");
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" => 10,
        "m" | "mb" => 20,
        "g" | "gb" => 30,
        "t" | "tb" => 40,
        _ => return Err(invalid()),
    };
    let number: usize = number.parse().map_err(|_| invalid())?;
    let bytes = 1_usize.checked_shl(shift).and_then(|unit| number.checked_mul(unit));
    bytes.ok_or_else(|| format!("'{text}' is too large"))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn units_are_powers_of_1024_and_anything_else_is_refused() {
        assert_eq!(parse("5"), Ok(5));
        assert_eq!(parse("4kb"), Ok(4096));
        assert_eq!(parse("2G"), Ok(2 << 30));
        for wrong in ["", "g", "1x", "-1", "1.5g", "10 g", "99999999999t"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
