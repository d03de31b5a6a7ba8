//! The operators of conditions, and which kinds of field each of them fits. Documentation, `facts` and
//! the compiler of rules read this one table.

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// As written in a rule file.
    pub name: &'static str,
    /// What follows it; empty for one that stands alone.
    pub operand: &'static str,
    /// Kinds of field, as [`FieldInfo::kind`](crate::facts::FieldInfo) names them.
    pub kinds: &'static [&'static str],
    /// When it is true.
    pub meaning: &'static str,
}

/// Kinds of field that hold one value.
const SINGLE: &[&str] = &["text", "word", "number", "yes/no"];
/// Kinds of field whose value is read letter by letter.
const LETTERS: &[&str] = &["text", "word"];
/// Kinds of field with several values.
const SEVERAL: &[&str] = &["list of text", "map"];
/// Kinds of field that may be given or not. A yes or no is asked for as `true` or `false`: some of them
/// are worked out, so "given" would mean something else for each.
const GIVEN: &[&str] = &["text", "word", "number", "list of text", "map", "link"];
/// Kinds of field that can be asked at all.
const ALL: &[&str] = &["text", "word", "number", "yes/no", "list of text", "map", "link"];

/// Every operator.
pub const OPERATORS: &[Operator] = &[
    operator("present", "", GIVEN, "it is given; what the platform puts in by itself does not count"),
    operator("absent", "", GIVEN, "it is not given"),
    operator("equals", "value", SINGLE, "it is exactly this; a value without operator means the same"),
    operator("in", "list of values", &["text", "word", "number"], "it is one of these"),
    operator("not", "condition", ALL, "the condition does not hold"),
    operator("matches", "regular expression", LETTERS, "the expression matches somewhere in it"),
    operator("starts-with", "text", LETTERS, "it starts with this"),
    operator("ends-with", "text", LETTERS, "it ends with this"),
    operator("greater", "whole number", &["number"], "it is above this"),
    operator("less", "whole number", &["number"], "it is below this"),
    operator("any", "condition", SEVERAL, "the condition holds for at least one item (of a map: one value)"),
    operator("all", "condition", SEVERAL, "the condition holds for every item (of a map: every value)"),
    operator("linked-to", "subject", &["link"], "it leads to a fact of this subject"),
];

const fn operator(
    name: &'static str,
    operand: &'static str,
    kinds: &'static [&'static str],
    meaning: &'static str,
) -> Operator {
    Operator { name, operand, kinds, meaning }
}

impl Operator {
    /// True when a field of this kind can be asked with it.
    pub fn fits(&self, kind: &str) -> bool {
        self.kinds.contains(&kind)
    }

    /// Those that fit a kind of field.
    pub fn of_kind(kind: &str) -> impl Iterator<Item = &'static Self> {
        OPERATORS.iter().filter(move |operator| operator.fits(kind))
    }

    /// By name.
    pub fn find(name: &str) -> Option<&'static Self> {
        OPERATORS.iter().find(|operator| operator.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    /// What a route calls is joined by checks of its own.
    const WITHOUT_OPERATORS: &[&str] = &["hidden", "target"];

    #[test]
    fn every_kind_of_field_has_operators_and_every_operator_a_kind() {
        let fields: Vec<&str> =
            Facts::kinds().into_iter().flat_map(|(.., fields)| fields).map(|field| field.kind).collect();
        for kind in fields.iter().filter(|kind| !WITHOUT_OPERATORS.contains(kind)) {
            assert!(Operator::of_kind(kind).count() > 0, "{kind}");
        }
        for operator in OPERATORS {
            assert!(operator.kinds.iter().all(|kind| fields.contains(kind)), "{}", operator.name);
        }
    }
}
