//! What git tells its pre-push hook on standard input (githooks(5)):
//! `local-ref SP local-oid SP remote-ref SP remote-oid LF`, one line for each ref.

use crate::source::visible;

/// Lengths of object ids in hex: SHA-1 and SHA-256 (gitformat-hash(5)).
const ID_LENGTHS: [usize; 2] = [40, 64];

/// A ref that a push moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What is pushed, as typed: a ref, `HEAD~`, an id. Only for people.
    pub local_ref: String,
    /// The object it names; `None` when the remote ref is deleted.
    pub local: Option<String>,
    /// The ref of the remote. Only for people.
    pub remote_ref: String,
    /// What the remote has there; `None` when it is new.
    pub remote: Option<String>,
}

/// A line that is not of this form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {number} of standard input is not what git tells a pre-push hook: `{shown}`")]
pub struct LineError {
    number: usize,
    shown: String,
}

/// Reads all lines.
pub fn read(input: &[u8]) -> Result<Vec<Update>, LineError> {
    let text = String::from_utf8_lossy(input);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let shown = || visible(line.chars().take(200).collect::<String>().as_bytes());
            update(line).ok_or_else(|| LineError { number: at + 1, shown: shown() })
        })
        .collect()
}

/// Read from its end: what was typed for the local side may hold spaces (`HEAD^{/fix it}`).
fn update(line: &str) -> Option<Update> {
    let mut parts = line.rsplitn(4, ' ');
    let (remote, remote_ref, local, local_ref) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_same_length = remote.len() == local.len();
    (is_same_length && !local_ref.is_empty() && !remote_ref.is_empty()).then_some(())?;
    Some(Update {
        local_ref: visible(local_ref.as_bytes()),
        local: id(local)?,
        remote_ref: visible(remote_ref.as_bytes()),
        remote: id(remote)?,
    })
}

/// An id; all zeros mean that there is nothing.
fn id(text: &str) -> Option<Option<String>> {
    let is_id = ID_LENGTHS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| (!text.bytes().all(|byte| byte == b'0')).then(|| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_both_lengths_and_refs_of_any_form() {
        for length in [40, 64] {
            let (some, none) = ("a1".repeat(length / 2), "0".repeat(length));
            let text = format!(
                "refs/heads/x {some} refs/heads/y {none}\n(delete) {none} refs/heads/z {some}\nHEAD^{{/fix it}} {some} refs/tags/t {some}\n"
            );
            let updates = read(text.as_bytes()).unwrap();
            assert_eq!(updates.len(), 3);
            assert_eq!((updates[0].local.is_some(), updates[0].remote.is_some()), (true, false));
            assert_eq!((updates[1].local.is_some(), updates[1].remote.is_some()), (false, true));
            assert_eq!(updates[2].local_ref, "HEAD^{/fix it}");
        }
        assert_eq!(read(b"\n \n"), Ok(Vec::new()));
    }

    #[test]
    fn other_lines_are_refused() {
        let some = "a".repeat(40);
        for line in [
            "hello".to_owned(),
            some.clone(),
            format!("a {some} b"),
            format!("a {some} b {}", "a".repeat(39)),
            format!("a {some} b {}", "a".repeat(64)),
            format!("a {some} b {}", "g".repeat(40)),
            format!(" {some} b {some}"),
        ] {
            let error = read(format!("\n{line}\n").as_bytes()).unwrap_err();
            assert_eq!(error.number, 2, "{line}");
        }
        assert!(read(b"\x1b[31m\xff").unwrap_err().to_string().contains("\\u{1b}"));
    }
}
