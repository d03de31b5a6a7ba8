//! Archives that are made here: for examples, and for tests.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::tree::TreeError;

/// A zip of these files (path, bytes), in the order given; the same files give the same bytes.
pub fn pack<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<Vec<u8>, TreeError> {
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
    use crate::tree::{Archive, Tree};

    #[test]
    fn what_is_packed_can_be_read() {
        let bytes = pack([("index.js", &b"1"[..]), ("lib/a.js", b"2")]).unwrap();
        let archive = Archive::of_bytes(bytes).unwrap();
        assert_eq!(archive.read(&"lib/a.js".into(), 9), Ok(b"2".to_vec()));
        assert!(pack([("a", &b""[..]), ("a", b"")]).is_err());
    }
}
