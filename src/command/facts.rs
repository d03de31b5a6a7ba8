//! `facts`: what rules can ask about.

use super::Outcome;
use crate::cli::ListForm;
use crate::facts::Facts;

/// Subjects and fields, with one line of meaning each.
pub fn list(_subject: Option<&str>, _form: ListForm) -> Outcome {
    let line = |(kind, meaning, _): &(&str, &str, _)| format!("{kind}  {meaning}\n");
    Outcome::print(Facts::kinds().iter().map(line).collect())
}
