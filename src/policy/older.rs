//! What was there before: findings of the tree that the judged one is compared with.

use std::collections::HashMap;

use super::{Judged, gate};
use crate::diagnostic::{Diagnostic, Severity};

/// Leaves what is new since `before`, by fingerprint, and gives the rest. A finding that has become
/// more severe is new: what broke it came with the change. The verdict is that of the new ones.
pub fn since(judged: Judged, before: &[Diagnostic], fail_on: Option<Severity>) -> (Judged, Vec<Diagnostic>) {
    let known: HashMap<&str, Severity> =
        before.iter().map(|diagnostic| (diagnostic.fingerprint.as_str(), diagnostic.severity)).collect();
    let is_older = |diagnostic: &Diagnostic| {
        known.get(diagnostic.fingerprint.as_str()).is_some_and(|severity| *severity >= diagnostic.severity)
    };
    let (older, reported): (Vec<Diagnostic>, Vec<Diagnostic>) = judged.reported.into_iter().partition(is_older);
    let verdict = gate::verdict(&reported, fail_on, judged.is_incomplete);
    (Judged { reported, verdict, ..judged }, older)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{LogicalPath, Message, RuleId};
    use crate::policy::Verdict;
    use crate::source::TreePath;

    fn finding(fingerprint: &str, severity: Severity) -> Diagnostic {
        Diagnostic {
            rule: RuleId::new("probe/missing-readiness"),
            case: None,
            severity,
            subject: LogicalPath::of_file(&TreePath::root()),
            others: Vec::new(),
            value: None,
            root_cause: None,
            message: Message::plain("x"),
            help: None,
            labels: Vec::new(),
            doubts: Vec::new(),
            fix: None,
            fingerprint: fingerprint.to_owned(),
        }
    }

    #[test]
    fn older_findings_do_not_fail_and_worse_ones_are_new() {
        let judged = |is_incomplete| Judged {
            reported: vec![finding("a", Severity::Error), finding("b", Severity::Warning)],
            verdict: Verdict::Fail,
            is_incomplete,
            ..Judged::default()
        };
        let before = [finding("a", Severity::Error), finding("c", Severity::Error)];
        let (now, older) = since(judged(false), &before, Some(Severity::Error));
        assert_eq!((now.reported.len(), older.len(), now.verdict), (1, 1, Verdict::Pass));
        let (now, _) = since(judged(true), &before, Some(Severity::Error));
        assert_eq!(now.verdict, Verdict::Incomplete);
        let (now, older) = since(judged(false), &[finding("a", Severity::Warning)], Some(Severity::Error));
        assert_eq!((now.reported.len(), older.len(), now.verdict), (2, 0, Verdict::Fail));
    }
}
