//! Amounts of memory and processor time, as each platform writes them.

use crate::value::Value;

/// Suffixes of Kubernetes quantities with their factors (API reference, resource.Quantity, 2026-07).
const QUANTITY_SUFFIXES: &[(&str, f64)] = &[
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
    ("m", 0.001),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
];

/// Suffixes of byte values in compose files (compose-spec, 11-extension, byte values; docker/go-units
/// reads all of them as powers of 1,024, 2026-07).
const BYTE_SUFFIXES: &[(&str, f64)] =
    &[("k", 1024.0), ("m", 1_048_576.0), ("g", 1_073_741_824.0), ("t", 1_099_511_627_776.0)];

/// A Kubernetes quantity in bytes, rounded up.
pub fn quantity_bytes(value: &Value<String>) -> Value<i64> {
    value.convert("not a quantity", &|text| whole(quantity(text)?))
}

/// A Kubernetes quantity in thousandths, rounded up: millicores of `cpu`.
pub fn quantity_thousandths(value: &Value<String>) -> Value<i64> {
    value.convert("not a quantity", &|text| whole(quantity(text)? * 1000.0))
}

/// A byte value of a compose file.
pub fn compose_bytes(value: &Value<String>) -> Value<i64> {
    value.convert("not an amount of memory", &|text| {
        let lower = text.trim().to_ascii_lowercase();
        let number = lower.strip_suffix("ib").or(lower.strip_suffix('b')).unwrap_or(&lower);
        let of_suffix = |(suffix, factor): &(&str, f64)| Some((number.strip_suffix(*suffix)?, *factor));
        let (digits, factor) = BYTE_SUFFIXES.iter().find_map(of_suffix).unwrap_or((number, 1.0));
        whole(decimal(digits.trim_end())? * factor)
    })
}

/// A number of processors in thousandths.
pub fn processors_thousandths(value: &Value<String>) -> Value<i64> {
    value.convert("not a number of processors", &|text| whole(decimal(text.trim())? * 1000.0))
}

fn quantity(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(number) = decimal(text) {
        return Some(number);
    }
    let (suffix, factor) = QUANTITY_SUFFIXES.iter().find(|(suffix, _)| text.ends_with(suffix))?;
    Some(decimal(&text[..text.len() - suffix.len()])? * factor)
}

/// A number that is none of Rust's words for the infinite.
fn decimal(text: &str) -> Option<f64> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    text.parse().ok().filter(|number: &f64| is_number && number.is_finite())
}

#[allow(clippy::cast_possible_truncation, reason = "checked against the range before")]
fn whole(number: f64) -> Option<i64> {
    let number = (number - 1e-6).ceil();
    (number.abs() < 9e18).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Origin, Source, Span};

    fn value(text: &str) -> Value<String> {
        Value::known(text.into(), Origin::new(Source::new("t".into(), ContentId::of(b"")), Span::default()))
    }

    #[test]
    fn amounts_as_people_write_them() {
        for (text, bytes) in
            [("128Mi", 134_217_728), ("1.5Gi", 1_610_612_736), ("1G", 1_000_000_000), ("1e3", 1000), ("5", 5)]
        {
            assert_eq!(quantity_bytes(&value(text)).get(), Some(&bytes), "{text}");
        }
        for (text, millicores) in [("100m", 100), ("0.5", 500), ("2", 2000), ("1500m", 1500)] {
            assert_eq!(quantity_thousandths(&value(text)).get(), Some(&millicores), "{text}");
        }
        for (text, bytes) in [
            ("64m", 67_108_864),
            ("64MB", 67_108_864),
            ("1gb", 1_073_741_824),
            ("512M", 536_870_912),
            ("9", 9),
            ("2KiB", 2048),
        ] {
            assert_eq!(compose_bytes(&value(text)).get(), Some(&bytes), "{text}");
        }
        for text in ["", "Mi", "x", "1X", "inf", "nan", "--1"] {
            assert_eq!(quantity_bytes(&value(text)).get(), None, "{text}");
            assert_eq!(compose_bytes(&value(text)).get(), None, "{text}");
        }
        assert_eq!(processors_thousandths(&value("0.25")).get(), Some(&250));
    }
}
