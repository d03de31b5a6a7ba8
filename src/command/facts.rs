//! `facts`: what rules can ask about.

use serde_json::json;

use super::Outcome;
use super::table::aligned;
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
    Outcome::print(match form {
        ListForm::Json => as_json(&subjects),
        ListForm::Text => as_text(&subjects),
    })
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

fn as_json(subjects: &[Subject]) -> String {
    let field = |field: &FieldInfo| {
        let target = (!field.target.is_empty()).then_some(field.target);
        json!({ "name": field.name, "kind": field.kind, "target": target, "meaning": field.meaning })
    };
    let subject = |(name, meaning, fields): &Subject| json!({ "name": name, "meaning": meaning, "fields": fields.iter().map(field).collect::<Vec<_>>() });
    let operator = |operator: &Operator| {
        let operand = (!operator.operand.is_empty()).then_some(operator.operand);
        json!({
            "name": operator.name, "operand": operand, "kinds": operator.kinds, "meaning": operator.meaning,
        })
    };
    let list = json!({
        "schema": SCHEMA,
        "tool_version": env!("CARGO_PKG_VERSION"),
        "subjects": subjects.iter().map(subject).collect::<Vec<_>>(),
        "operators": OPERATORS.iter().map(operator).collect::<Vec<_>>(),
    });
    format!("{list:#}\n")
}
