//! Secrets that were zipped along: environment files, credentials, private keys, the repository itself.

use super::{Contents, Fault, Faults, NAMED};
use crate::source::TreePath;
use crate::text::Needles;
use crate::tree::EntryKind;

/// Largest file that is searched, bytes.
const FILE_BYTES: u64 = 256 << 10;
/// Most files that are searched.
const FILES: usize = 500;
/// Most bytes that are searched.
const BYTES: u64 = 16 << 20;
/// What texts with settings and keys are called.
const TEXTS: [&str; 11] = ["cfg", "conf", "env", "ini", "json", "key", "pem", "properties", "toml", "yaml", "yml"];
/// Folders whose files are examples, or other people's.
const OTHERS: [&[u8]; 7] =
    [b"node_modules", b"site-packages", b"test", b"tests", b"__tests__", b"fixtures", b"examples"];

pub(super) fn look(contents: &Contents<'_>, faults: &mut Faults<'_>) {
    let mut told = 0;
    let (mut searched, mut bytes_searched) = (0, 0);
    let needles = Needles::standard();
    let mut has_repository = false;
    for entry in contents.entries.iter().filter(|entry| entry.kind == EntryKind::File) {
        let path = &entry.path;
        if path.names().any(|name| OTHERS.contains(&name) || name.ends_with(b".dist-info")) || told >= NAMED {
            continue;
        }
        if path.names().next() == Some(b".git") {
            if !has_repository {
                has_repository = true;
                faults.add(Fault::of_member("secret-in-package", contents, path).answer("repository"));
            }
            continue;
        }
        let kept = kept_apart(path);
        let is_text = path.extension().is_some_and(|extension| TEXTS.contains(&extension.as_str()));
        let mut is_key = false;
        let size = entry.size.unwrap_or(0);
        if (is_text || kept) && size <= FILE_BYTES && searched < FILES && bytes_searched < BYTES {
            searched += 1;
            bytes_searched += size;
            let bytes = contents.part.tree.read(path, FILE_BYTES).unwrap_or_default();
            is_key = !needles.search(&bytes).is_empty() || has_token(&bytes);
        }
        if is_key || kept {
            told += 1;
            let answer = if is_key { "key" } else { "file" };
            faults.add(Fault::of_member("secret-in-package", contents, path).answer(answer));
        }
    }
}

/// Files that exist to keep secrets out of a repository.
fn kept_apart(path: &TreePath) -> bool {
    let name = path.file_name();
    let is_sample = ["example", "sample", "template", "dist", "schema"].iter().any(|word| name.contains(word));
    let environment = (name == ".env" || name.starts_with(".env.")) && !is_sample;
    let is_key = matches!(&*name, "id_rsa" | "id_ecdsa" | "id_ed25519" | ".pgpass" | ".netrc" | ".htpasswd");
    let credentials = path.lossy().ends_with(".aws/credentials");
    environment || is_key || credentials
}

/// Tokens whose form alone says what they are: GitHub's (`ghp_` and 36 letters and digits, GitHub docs 2026-07)
/// and Stripe's live keys (`sk_live_` and at least 24).
fn has_token(bytes: &[u8]) -> bool {
    [(&b"ghp_"[..], 36), (b"gho_", 36), (b"ghs_", 36), (b"sk_live_", 24)].iter().any(|(prefix, length)| {
        memchr::memmem::find_iter(bytes, prefix).any(|at| {
            let rest = &bytes[at + prefix.len()..];
            let letters = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let starts = at.checked_sub(1).is_none_or(|before| !bytes[before].is_ascii_alphanumeric());
            starts && letters >= *length && !is_filler(&rest[..letters])
        })
    })
}

/// `xxxx…` stands for a token and is none.
fn is_filler(token: &[u8]) -> bool {
    let mut letters: Vec<u8> = token.to_vec();
    letters.sort_unstable();
    letters.dedup();
    letters.len() < 8
}
