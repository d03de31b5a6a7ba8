//! `facts`: what rules can ask about.

use serde::Serialize;

use super::table::aligned;
use super::{Outcome, output_form};
use crate::cli::ListForm;
use crate::facts::{Facts, FieldInfo};
use crate::rules::declarative::{OPERATORS, Operator};
use crate::source::visible;
use crate::value::nearest;

/// Name of the form of the json output.
pub const SCHEMA: &str = "deploylint/facts/v1";

/// A subject: name, meaning, fields.
type Subject = (&'static str, &'static str, Vec<FieldInfo>);

/// Subjects and fields, with one line of meaning each, and the operators that fit them.
pub fn list(subject: Option<&str>, form: ListForm) -> Outcome {
    let mut subjects = subjects();
    if let Some(wanted) = subject {
        let names: Vec<&str> = subjects.iter().map(|(name, ..)| *name).collect();
        if !names.contains(&wanted) {
            return Outcome::refuse(unknown(wanted, &names));
        }
        subjects.retain(|(name, ..)| *name == wanted);
    }
    let output = match form {
        ListForm::Json => as_json(&subjects),
        ListForm::Text => as_text(&subjects),
    };
    Outcome { output, form: output_form(form), ..Outcome::default() }
}

/// Every subject with the fields that can be asked.
pub fn subjects() -> Vec<Subject> {
    let mut subjects = Facts::kinds();
    for (.., fields) in &mut subjects {
        fields.retain(|field| Operator::of_kind(field.kind).next().is_some());
    }
    subjects
}

/// Kind of a field's value, with the subject that a link leads to.
pub fn kind_of(field: &FieldInfo) -> String {
    if field.target.is_empty() { field.kind.to_owned() } else { format!("{} to {}", field.kind, field.target) }
}

fn unknown(wanted: &str, names: &[&str]) -> String {
    let hint = match nearest(wanted, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of {}", names.join(", ")),
    };
    format!("error: `{}` is no subject; {hint}\n", visible(wanted.as_bytes()))
}

fn as_text(subjects: &[Subject]) -> String {
    let mut out = String::new();
    for (name, meaning, fields) in subjects {
        out.push_str(&format!("{name}: {meaning}\n"));
        let row = |field: &FieldInfo| vec![field.name.to_owned(), kind_of(field), field.meaning.to_owned()];
        out.push_str(&aligned(&fields.iter().map(row).collect::<Vec<_>>(), "  "));
        out.push('\n');
    }
    out.push_str("operators, by kind of field:\n");
    out.push_str(&aligned(&operators_by_kind(subjects), "  "));
    out.push_str(
        "\nfields behind a link or a key are asked with dots: `workload.kind`, `labels.owner`\n\
         what cannot be decided never makes a rule report; it is counted\n",
    );
    out
}

/// Kinds of field that these subjects have, and the operators that fit each.
fn operators_by_kind(subjects: &[Subject]) -> Vec<Vec<String>> {
    let mut kinds: Vec<&str> = subjects.iter().flat_map(|(.., fields)| fields).map(|field| field.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let names = |kind: &str| Operator::of_kind(kind).map(|operator| operator.name).collect::<Vec<_>>().join(", ");
    kinds.into_iter().map(|kind| vec![kind.to_owned(), names(kind)]).collect()
}

/// The list as printed in json; schemas/facts.v1.json.
#[derive(Serialize)]
struct FactList {
    schema: &'static str,
    tool_version: &'static str,
    subjects: Vec<SubjectEntry>,
    operators: Vec<OperatorEntry>,
}

#[derive(Serialize)]
struct SubjectEntry {
    name: &'static str,
    meaning: &'static str,
    fields: Vec<FieldEntry>,
}

#[derive(Serialize)]
struct FieldEntry {
    name: &'static str,
    kind: &'static str,
    target: Option<&'static str>,
    meaning: &'static str,
}

#[derive(Serialize)]
struct OperatorEntry {
    name: &'static str,
    operand: Option<&'static str>,
    kinds: &'static [&'static str],
    meaning: &'static str,
}

fn as_json(subjects: &[Subject]) -> String {
    let given = |text: &'static str| (!text.is_empty()).then_some(text);
    let field = |field: &FieldInfo| FieldEntry {
        name: field.name,
        kind: field.kind,
        target: given(field.target),
        meaning: field.meaning,
    };
    let subject =
        |(name, meaning, fields): &Subject| SubjectEntry { name, meaning, fields: fields.iter().map(field).collect() };
    let operator = |operator: &Operator| OperatorEntry {
        name: operator.name,
        operand: given(operator.operand),
        kinds: operator.kinds,
        meaning: operator.meaning,
    };
    super::json_text(&FactList {
        schema: SCHEMA,
        tool_version: env!("CARGO_PKG_VERSION"),
        subjects: subjects.iter().map(subject).collect(),
        operators: OPERATORS.iter().map(operator).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::checker::assert_schema;

    #[test]
    fn the_list_is_what_the_schema_says() {
        let text = list(None, ListForm::Json).output;
        assert_schema(include_str!("../../schemas/facts.v1.json"), SCHEMA, &[text]);
    }

    #[test]
    fn one_subject_is_listed_alone_and_a_wrong_one_names_the_nearest() {
        let text = list(Some("probe"), ListForm::Text).output;
        assert!(text.starts_with("probe: A probe") && !text.contains("service-port"), "{text}");
        assert_eq!(list(Some("prob"), ListForm::Text).notes, "error: `prob` is no subject; did you mean `probe`?\n");
    }
}
