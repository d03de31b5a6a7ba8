//! Messages: a template and typed arguments. Strings from input have no other way out than these
//! arguments, so rendering can make each of them printable and mask what is secret.

use std::borrow::Cow;
use std::sync::Arc;

use crate::source::{Origin, TreePath};

/// One argument of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// The name of one of the user's things.
    Name(String),
    /// A path of the tree.
    Path(TreePath),
    /// A number.
    Number(i64),
    /// Words of ours or of the platform.
    Words(String),
    /// A value from the input, shown behind the mask of its origin.
    Quoted {
        /// The value.
        value: String,
        /// Where it is written, if it is written anywhere.
        origin: Option<Origin>,
        /// True when it is a credential: only its length, or its first four characters, may be shown.
        secret: bool,
    },
    /// Several, joined by commas.
    List(Vec<Argument>),
}

impl Argument {
    /// A name.
    pub fn name(text: impl Into<String>) -> Self {
        Self::Name(text.into())
    }

    /// Words of ours.
    pub fn words(text: impl Into<String>) -> Self {
        Self::Words(text.into())
    }

    /// A value from the input that is not a credential.
    pub fn quoted(text: impl Into<String>) -> Self {
        Self::Quoted { value: text.into(), origin: None, secret: false }
    }

    /// A credential.
    pub fn secret(text: impl Into<String>) -> Self {
        Self::Quoted { value: text.into(), origin: None, secret: true }
    }
}

/// Named arguments, in the order in which they were given.
pub type Arguments = Vec<(Cow<'static, str>, Argument)>;

/// A template with `{name}` holes and the arguments that fill them.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The words, from the rule's file.
    pub template: Arc<str>,
    /// What fills the holes.
    pub arguments: Arc<Arguments>,
}

impl Message {
    /// A message.
    pub fn new(template: impl AsRef<str>, arguments: Arguments) -> Self {
        Self { template: Arc::from(template.as_ref()), arguments: Arc::new(arguments) }
    }

    /// A message without holes.
    pub fn plain(words: impl AsRef<str>) -> Self {
        Self::new(words, Vec::new())
    }

    /// Splits the template into words and holes. A hole without an argument is kept as written,
    /// which a test over all rule files forbids.
    pub fn parts(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        let mut rest = &*self.template;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}').map(|i| open + i) else { break };
            let name = &rest[open + 1..close];
            match self.arguments.iter().find(|(key, _)| key == name) {
                Some((_, argument)) => {
                    pieces.push(Piece::Words(&rest[..open]));
                    pieces.push(Piece::Argument(argument));
                }
                None => pieces.push(Piece::Words(&rest[..=close])),
            }
            rest = &rest[close + 1..];
        }
        pieces.push(Piece::Words(rest));
        pieces
    }
}

/// A stretch of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<'a> {
    /// Words of the template.
    Words(&'a str),
    /// What fills a hole.
    Argument(&'a Argument),
}
