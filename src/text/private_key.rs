//! Private keys in PEM: a header followed by a body that really starts as a key.
//!
//! Headers alone stand in comments, documentation and code that reads keys; they are no finding.

use super::Hit;
use crate::source::Span;

/// Fewest base64 characters of a body (the shortest real key, Ed25519 in PKCS #8, RFC 8410, has that many).
const BODY: usize = 64;

/// Where the body of an OpenSSH key starts, decoded (openssh PROTOCOL.key).
const OPENSSH: &[u8] = b"openssh-key-v1\0";

/// A private key at `at`, where `-----BEGIN` stands.
pub fn match_at(bytes: &[u8], at: usize) -> Option<Hit> {
    let label_start = at + "-----BEGIN".len();
    let window = &bytes[label_start..bytes.len().min(label_start + 64)];
    let label_end = memchr::memmem::find(window, b"-----")?;
    let label = std::str::from_utf8(&window[..label_end]).ok()?.trim();
    let kind = label.strip_suffix("PRIVATE KEY")?.trim();
    // An encrypted key needs a passphrase that is not here.
    if kind == "ENCRYPTED" {
        return None;
    }
    let header_end = label_start + label_end + 5;
    let body = body(&bytes[header_end..bytes.len().min(header_end + 16_384)])?;
    let start = decode(&body, 48);
    if !(is_der_key(&start) || is_plain_openssh(&start)) {
        return None;
    }
    let what = match kind {
        "" => "private key".to_owned(),
        "OPENSSH" => "OpenSSH private key".to_owned(),
        other => format!("{other} private key"),
    };
    Some(Hit { pattern: "private-key", what, span: Span::new(at, header_end) })
}

/// The base64 characters of the body; line breaks may be real, escaped or between quoted strings.
fn body(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if matches!(bytes.get(at + 1), Some(b'n' | b'r' | b't' | b'\\' | b'\n' | b'\r')) => at += 1,
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=') => out.push(byte),
            byte if byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'|' | b'>') => {}
            b'-' => break,
            // Anything else is no part of a key: dots, a template, a comment.
            _ => return None,
        }
        at += 1;
    }
    (out.len() >= BODY).then_some(out)
}

/// The first `count` decoded bytes.
fn decode(text: &[u8], count: usize) -> Vec<u8> {
    let (mut bits, mut held, mut out) = (0u32, 0u32, Vec::new());
    for byte in text {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = (bits << 6) | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xff).unwrap_or(0));
            bits &= (1 << held) - 1;
        }
        if out.len() >= count {
            break;
        }
    }
    out
}

/// A DER SEQUENCE that begins with a version number, as PKCS#1, PKCS#8 and SEC 1 keys do.
fn is_der_key(start: &[u8]) -> bool {
    let content = match start {
        [0x30, 0x82, _, _, rest @ ..] | [0x30, 0x81, _, rest @ ..] => rest,
        [0x30, length, rest @ ..] if *length < 0x80 => rest,
        _ => return false,
    };
    matches!(content, [0x02, 0x01, 0x00 | 0x01, ..])
}

/// An OpenSSH key whose cipher is `none`.
fn is_plain_openssh(start: &[u8]) -> bool {
    start.strip_prefix(OPENSSH).is_some_and(|rest| rest.starts_with(b"\0\0\0\x04none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dashes(text: &str) -> String {
        text.replace("@@", &"-".repeat(5))
    }

    fn found(text: &str) -> Option<String> {
        let text = dashes(text);
        match_at(text.as_bytes(), text.find(&"-".repeat(5)).unwrap()).map(|hit| hit.what)
    }

    /// A body that starts as a key and is none.
    fn key_body() -> String {
        format!("MIICXQIBAAKBgQ{}", "Ab0+".repeat(20))
    }

    #[test]
    fn keys_in_the_forms_in_which_they_are_committed() {
        let body = key_body();
        assert_eq!(found(&format!("@@BEGIN RSA PRIVATE KEY@@\n{body}\n@@END")).unwrap(), "RSA private key");
        assert_eq!(found(&format!("@@BEGIN PRIVATE KEY@@\\n{body}\\n@@END")).unwrap(), "private key");
        let (one, two) = body.split_at(30);
        assert!(found(&format!("@@BEGIN EC PRIVATE KEY@@\n    {one}\n    {two}\n    @@END")).is_some());
    }

    #[test]
    fn what_only_looks_like_a_key() {
        let body = key_body();
        for text in [
            "@@BEGIN RSA PRIVATE KEY@@".to_owned(),
            "@@BEGIN RSA PRIVATE KEY@@\n...\n@@END".to_owned(),
            format!("@@BEGIN RSA PRIVATE KEY@@\n{body}...\n@@END"),
            format!("@@BEGIN PUBLIC KEY@@\n{body}\n@@END"),
            format!("@@BEGIN CERTIFICATE@@\n{body}\n@@END"),
            format!("@@BEGIN ENCRYPTED PRIVATE KEY@@\n{body}\n@@END"),
            format!("@@BEGIN RSA PRIVATE KEY@@\nProc-Type: 4,ENCRYPTED\n{body}\n@@END"),
            format!("@@BEGIN RSA PRIVATE KEY@@\n{}\n@@END", "x".repeat(80)),
            "@@BEGIN RSA PRIVATE KEY@@\nMIICXQIBAAKB\n@@END".to_owned(),
        ] {
            assert_eq!(found(&text), None, "{text}");
        }
    }
}
