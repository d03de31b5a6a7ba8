use super::files::Files;
use super::words::{Secrets, Words};
use super::*;
use crate::diagnostic::Message;

struct Nothing;

impl Snippets for Nothing {
    fn bytes(&self, _: &Source) -> Option<Arc<[u8]>> {
        None
    }
}

/// A message in words, for tests of other rooms.
pub(crate) fn plain(message: &Message) -> String {
    Words { files: &Files::new(&Nothing), secrets: &Secrets::default() }.fill(message)
}
