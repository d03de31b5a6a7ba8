//! Archives that are made here: for examples, and for tests.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::recipe;
use crate::tree::TreeError;

/// A zip of these files (path, bytes), in the order given; the same files give the same bytes. A file
/// `@recipe` says what faults the zip is to have.
pub fn pack<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<Vec<u8>, TreeError> {
    let files: Vec<(&str, &[u8])> = files.into_iter().collect();
    if let Some(packed) = recipe::pack(&files) {
        return packed;
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().unix_permissions(0o644);
    let failed = |error: String| TreeError::Damaged(error);
    for (path, bytes) in files {
        writer.start_file(path, options).map_err(|error| failed(error.to_string()))?;
        writer.write_all(bytes).map_err(|error| failed(error.to_string()))?;
    }
    Ok(writer.finish().map_err(|error| failed(error.to_string()))?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Archive, FlawKind, Tree};

    #[test]
    fn what_is_packed_can_be_read() {
        let bytes = pack([("index.js", &b"1"[..]), ("lib/a.js", b"2")]).unwrap();
        let archive = Archive::of_bytes(bytes).unwrap();
        assert_eq!(archive.read(&"lib/a.js".into(), 9), Ok(b"2".to_vec()));
        assert!(pack([("a", &b""[..]), ("a", b"")]).is_err());
    }

    #[test]
    fn recipes_make_faults() {
        let recipe =
            b"mode 600 a.js\nlink l a.js\nname b.js lib\\b.js\nagain a.js\nfill 9 z\nclass 61 x.jar.d/a/B.class c/D m";
        let bytes = pack([("@recipe", &recipe[..]), ("a.js", b"1"), ("b.js", b"2")]).unwrap();
        let archive = Archive::of_bytes(bytes).unwrap();
        let names: Vec<String> = archive.list().unwrap().0.iter().map(|entry| entry.path.to_string()).collect();
        assert_eq!(names, ["a.js", "l", "lib\\b.js", "x.jar", "z"]);
        assert_eq!(archive.stat(&"a.js".into()).unwrap().mode, 0o600);
        assert_eq!(archive.read(&"l".into(), 9), Ok(b"1".to_vec()));
        assert_eq!(archive.duplicates(), ["a.js".into()]);
        assert_eq!(archive.flaws(), []);
        let jar = Archive::of_bytes(archive.read(&"x.jar".into(), 9999).unwrap()).unwrap();
        assert!(jar.read(&"a/B.class".into(), 999).unwrap().starts_with(&[0xca, 0xfe, 0xba, 0xbe]));
        assert!(pack([("@recipe", &b"fly away"[..])]).is_err());
        let flawed = |recipe: &str| {
            let bytes = pack([("@recipe", recipe.as_bytes()), ("a.js", b"1")]).unwrap();
            Archive::of_bytes(bytes).map(|archive| archive.flaws().iter().map(|flaw| flaw.kind).collect::<Vec<_>>())
        };
        assert_eq!(flawed("claim 300000000 a.js"), Ok(vec![FlawKind::Size]));
        assert_eq!(flawed("encrypt a.js"), Ok(vec![FlawKind::Encrypted]));
        assert!(flawed("cut 5").is_err());
    }
}
