//! `utf8_normalize(text, form, collapse_whitespace)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;
use unicode_normalization::UnicodeNormalization;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct Utf8Normalize;

impl Kernel for Utf8Normalize {
    const SPEC: &'static Spec = &Spec {
        name: "utf8_normalize",
        kind: Kind::Scalar,
        section: "Texts",
        parameters: &[
            Parameter::required("text", Class::Text, "The text."),
            Parameter::optional(
                "form",
                Class::Choice(&["NFC", "NFD", "NFKC", "NFKD"]),
                "'NFKC'",
                "The normalization form of Unicode Standard Annex #15; Python compares identifiers in NFKC.",
            ),
            Parameter::optional(
                "collapse_whitespace",
                Class::Boolean,
                "false",
                "Whether white space is cut off at both ends, and each run of it becomes one space.",
            ),
        ],
        returns: "VARCHAR",
        description: "The text in a normalization form of Unicode.",
        nulls: "Null of null.",
        example: "SELECT utf8_normalize('ﬁle', form => 'NFKC')",
        since: "0.1.0",
    };

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, args.arg_fields[0].is_nullable()))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (texts, form, collapse) = (call.texts(0)?, call.choice(1)?, call.flag(2)?);
        let mut normal = StringViewBuilder::with_capacity(call.rows);
        let (mut text, mut collapsed) = (String::with_capacity(64), String::new());
        for row in 0..call.rows {
            let Some(given) = texts.get(row) else {
                normal.append_null();
                continue;
            };
            text.clear();
            match form {
                // ASCII is in every form.
                _ if given.is_ascii() => text.push_str(given),
                "NFC" => text.extend(given.nfc()),
                "NFD" => text.extend(given.nfd()),
                "NFKD" => text.extend(given.nfkd()),
                _ => text.extend(given.nfkc()),
            }
            if !collapse.get(row) {
                normal.append_value(&text);
                continue;
            }
            collapsed.clear();
            for word in text.split_whitespace() {
                if !collapsed.is_empty() {
                    collapsed.push(' ');
                }
                collapsed.push_str(word);
            }
            normal.append_value(&collapsed);
        }
        Ok(Arc::new(normal.finish()))
    }
}
