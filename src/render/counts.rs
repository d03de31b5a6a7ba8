//! Numbers of things in words.

use std::collections::BTreeMap;

use crate::source::visible;

/// Reasons that are named when not all are asked for.
const FEW_REASONS: usize = 3;

/// `1 file`, `2 files`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// The sum with the commonest reasons: `12 files (helm chart 8, terraform 4)`.
pub fn with_reasons<Why: AsRef<str>>(reasons: &BTreeMap<Why, usize>, thing: &str) -> String {
    let mut reasons: Vec<(&str, usize)> = reasons.iter().map(|(why, count)| (why.as_ref(), *count)).collect();
    let total: usize = reasons.iter().map(|(_, count)| count).sum();
    if total == 0 {
        return "none".to_owned();
    }
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let mut named: Vec<String> =
        reasons.iter().take(FEW_REASONS).map(|(why, count)| format!("{} {count}", visible(why.as_bytes()))).collect();
    let unnamed = reasons.len().saturating_sub(FEW_REASONS);
    if unnamed > 0 {
        let rest: usize = reasons.iter().skip(FEW_REASONS).map(|(_, count)| count).sum();
        named.push(format!("{} {rest}", counted(unnamed, "other reason")));
    }
    format!("{} ({})", counted(total, thing), named.join(", "))
}
