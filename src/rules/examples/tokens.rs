//! Token-shaped values for examples and fixtures: made when they run, never committed.

/// Characters of a made token.
const LENGTH: u32 = 40;
/// Base64 characters on a line of a PEM file (RFC 7468 §2).
const PEM_LINE: usize = 64;

/// A text with `{{token:kind}}` filled in: `github`, `password`, `private-key`, `private-key-indented` (by
/// four spaces) and `private-key-body` (without its first and last line).
pub fn fill_tokens(text: &str) -> String {
    if !text.contains("{{token:") {
        return text.to_owned();
    }
    let noise = noise();
    let letters = |count: usize| noise.chars().take(count).collect::<String>();
    let lines = key_lines();
    let key = |indent: &str| {
        // Put together here, so that no scanner takes this file for a key.
        let dashes = "-".repeat(5);
        let body = lines.join(&format!("\n{indent}"));
        format!("{dashes}BEGIN RSA PRIVATE KEY{dashes}\n{indent}{body}\n{indent}{dashes}END RSA PRIVATE KEY{dashes}")
    };
    text.replace("{{token:github}}", &format!("ghp_{}", letters(36)))
        .replace("{{token:password}}", &letters(20))
        .replace("{{token:private-key}}", &key(""))
        .replace("{{token:private-key-indented}}", &key("    "))
        .replace("{{token:private-key-body}}", &lines.join("\n"))
}

/// Characters in no order that means anything, and the same on every run.
fn noise() -> String {
    (0..LENGTH).filter_map(|i| char::from_digit((i * i * 7 + i * 3 + 5) % 36, 36)).collect()
}

/// The start of a PKCS#1 key: a DER sequence with version and a modulus; no key that anything accepts.
fn key_lines() -> Vec<String> {
    let mut der = vec![0x30, 0x82, 0x02, 0x5d, 0x02, 0x01, 0x00, 0x02, 0x81, 0x81, 0x00];
    der.extend((0..594u32).map(|i| u8::try_from((i * 73 + 41) % 251).unwrap_or(0)));
    let text: Vec<char> = base64(&der).chars().collect();
    text.chunks(PEM_LINE).map(|line| line.iter().collect()).collect()
}

/// RFC 4648 §4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0u32, |number, byte| (number << 8) | u32::from(*byte));
        let number = number << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let letter = ALPHABET[(number >> (18 - 6 * digit) & 63) as usize];
            out.push(if digit <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_the_length_that_they_are_known_by() {
        assert_eq!(fill_tokens("a: {{token:github}}").len(), "a: ghp_".len() + 36);
        assert_eq!(fill_tokens("{{token:password}}").len(), 20);
        assert!(fill_tokens("{{token:private-key-body}}").lines().all(|line| line.len() <= PEM_LINE));
        assert_eq!(fill_tokens("{{ token }}"), "{{ token }}");
        assert_eq!(base64(b"ab"), "YWI=");
    }
}
