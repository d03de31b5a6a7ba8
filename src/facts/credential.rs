//! Credentials that stand in deployment files.

use super::{EnvironmentVariable, Id, Setting};

fact! {
    /// A literal credential in an environment variable, a setting, a command or a URL
    "credential" Credential {
        /// Technology of the file
        technology: &'static str,
        /// The variable that holds it
        variable: Option<Id<EnvironmentVariable>>,
        /// The setting that holds it
        setting: Option<Id<Setting>>,
        /// Name of the variable or keys of the setting
        key: String,
        /// `literal` (the whole value), `url` (user-info of a URL), `fallback` (default of `${X:-…}`)
        form: &'static str,
        /// How it is given, as for environment variables
        given: &'static str,
        /// `weak` (a well-known default), `strong`, `placeholder`
        strength: &'static str,
        /// The credential; never printed
        secret: SecretText,
    }
}

/// A credential's text. Has no way into any output but its length and, of long ones, four characters.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// Wraps a credential.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for comparing and masking only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} characters>", self.0.chars().count())
    }
}

super::field::hidden_field!(SecretText);
