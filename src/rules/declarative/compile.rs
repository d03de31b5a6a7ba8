//! Written conditions to typed ones, checked against the fields that exist. What could never hold is
//! refused here, so that no rule is silent because it was written wrongly.

use super::fields::{Asked, Fields};
use super::operators::{OPERATORS, Operator};
use super::pattern;
use super::{Condition, Documents, FieldPath};
use crate::facts::Facts;
use crate::rules::FrontMatter;
use crate::rules::front_matter::Conditions;
use crate::rules::written::{Complaints, Text, What, Written, shown};
use crate::source::Span;
use crate::value::nearest;

/// A rule's conditions, ready to run.
#[derive(Debug, Default)]
pub struct Compiled {
    /// Kind of fact that is judged.
    pub subject: String,
    /// Of raw documents: which, and what of them.
    pub documents: Option<Documents>,
    /// Which of them.
    pub wanted: Vec<(FieldPath, Condition)>,
    /// What must hold.
    pub require: Vec<(FieldPath, Condition)>,
    /// What must not hold.
    pub forbid: Vec<(FieldPath, Condition)>,
    /// Where it is reported.
    pub at: Option<FieldPath>,
    /// Other places: link and words.
    pub related: Vec<(FieldPath, String)>,
    /// The judged value.
    pub value: Option<FieldPath>,
    /// Fields that messages name.
    pub holes: Vec<FieldPath>,
    /// Answers other than the rule's own, and for which subjects.
    pub cases: Vec<(&'static str, Vec<(FieldPath, Condition)>)>,
}

impl Compiled {
    /// Compiles the conditions of a rule; `file` is the text of its file, `start` where a key that is
    /// missing would stand. Of what cannot be used it complains.
    pub fn new(front: &FrontMatter, file: &str, start: Span, complaints: &mut Complaints) -> Self {
        let mut compiled = Self::default();
        let Some(subject) = &front.subject else {
            return compiled;
        };
        let names: Vec<&str> = Facts::kinds().iter().map(|(kind, ..)| *kind).collect();
        if !names.contains(&&**subject) {
            let message = format!("unknown subject `{}`", shown(subject));
            complaints.unknown_as(subject.span, message, subject, &names, "deploylint facts");
            return compiled;
        }
        compiled.documents = Documents::of(front, file, start, complaints);
        compiled.subject = subject.to_string();
        let mut compiler = Compiler { fields: Fields::of(subject), file, complaints };
        compiled.wanted = compiler.conditions(&front.wanted);
        compiled.require = compiler.conditions(&front.require);
        compiled.forbid = compiler.conditions(&front.forbid);
        compiled.at = front.at.as_ref().and_then(|text| compiler.place("at", text));
        compiled.value = front.value.as_ref().and_then(|text| compiler.worded("value", text));
        for (link, words) in &front.related {
            compiled.related.extend(compiler.place("related", link).map(|path| (path, words.to_string())));
        }
        for (name, case) in &front.cases {
            if case.wanted.is_empty() {
                let message = format!("the answer `{name}` is never given: it has no `where`");
                compiler.complaints.add(case.span, message);
            }
            compiled.cases.push((interned(name), compiler.conditions(&case.wanted)));
        }
        let of_cases = front.cases.values().flat_map(|case| [Some(&case.message), case.help.as_ref()]);
        let of_links = front.related.iter().map(|(_, words)| Some(words));
        let texts = [front.message.as_ref(), front.help.as_ref()].into_iter().chain(of_links).chain(of_cases);
        for text in texts.flatten() {
            compiler.holes(text, &mut compiled.holes);
        }
        compiled
    }
}

/// Names of answers are few and live as long as the program.
fn interned(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

struct Compiler<'a> {
    fields: Fields<'a>,
    file: &'a str,
    complaints: &'a mut Complaints,
}

impl Compiler<'_> {
    fn conditions(&mut self, written: &Conditions) -> Vec<(FieldPath, Condition)> {
        let mut out = Vec::new();
        for (name, value) in written {
            let Some(asked) = self.fields.find(name, self.complaints) else { continue };
            if Operator::of_kind(asked.kind).next().is_none() {
                self.complaints.add(name.span, format!("`{}` cannot be asked", shown(name)));
                continue;
            }
            let condition = self.condition(value, name, &asked);
            out.extend(condition.map(|condition| (asked.path, condition)));
        }
        out
    }

    /// A field that has a place in a file.
    fn place(&mut self, key: &str, text: &Text) -> Option<FieldPath> {
        let asked = self.fields.find(text, self.complaints)?;
        if matches!(asked.kind, "text" | "number" | "yes/no" | "link") {
            return Some(asked.path);
        }
        let message =
            format!("`{key}` needs something with a place of its own; `{}` is {}", shown(text), asked.words());
        let known = self.fields.having(|kind| matches!(kind, "text" | "number" | "link"));
        self.complaints.add_with(text.span, message, format!("places have {known}"));
        None
    }

    /// A field that can stand in a sentence.
    fn worded(&mut self, key: &str, text: &Text) -> Option<FieldPath> {
        let asked = self.fields.find(text, self.complaints)?;
        if asked.has_words() {
            return Some(asked.path);
        }
        let message = format!("`{key}` needs a single value; `{}` is {}", shown(text), asked.words());
        self.complaints.add(text.span, message);
        None
    }

    /// `{field}` in a message.
    fn holes(&mut self, text: &Text, out: &mut Vec<FieldPath>) {
        let mut from = 0;
        while let Some(open) = text[from..].find('{').map(|at| from + at) {
            let Some(close) = text[open..].find('}').map(|at| open + at) else {
                let span = self.part(text.span, text, open, text.len());
                self.complaints.add(span, "this `{` has no `}`");
                return;
            };
            let name = Text::new(&text[open + 1..close], self.part(text.span, text, open + 1, close));
            if name.trim().is_empty() {
                self.complaints
                    .add(self.part(text.span, text, open, close + 1), "no field is named between `{` and `}`");
            } else if let Some(asked) = self.fields.find(&name, self.complaints) {
                if !asked.has_words() {
                    let message = format!("`{}` is {} and cannot stand in a sentence", shown(&name), asked.words());
                    self.complaints.add(name.span, message);
                } else if !out.contains(&asked.path) {
                    out.push(asked.path);
                }
            }
            from = close + 1;
        }
    }

    fn part(&self, span: Span, text: &str, from: usize, to: usize) -> Span {
        written_part(self.file, span, text, from, to)
    }

    fn condition(&mut self, written: &Written, key: &Text, asked: &Asked<'_>) -> Option<Condition> {
        match &written.what {
            What::Scalar(word) if word == "present" || word == "absent" => {
                let span = written.span;
                self.operator(&Text::new(word, span), asked)?;
                Some(if word == "present" { Condition::Present } else { Condition::Absent })
            }
            What::Scalar(word) => {
                if let Some(meant) = misspelt(word) {
                    let help = format!("did you mean `{meant}`? for the word itself write `{{ equals: {word} }}`");
                    self.complaints.add_with(written.span, format!("`{word}` is no operator"), help);
                    return None;
                }
                self.operator(&Text::new("equals", written.span), asked)?;
                Some(Condition::Equals(self.value(written, asked)?))
            }
            What::Nothing => {
                let help = "write `present`, `absent`, a value, or an operator with its operand";
                self.complaints.add_with(key.span, format!("`{}` has no condition", shown(key)), help);
                None
            }
            What::List(_) => {
                self.complaints.add_with(written.span, "a list is no condition", "one of several: `{ in: […] }`");
                None
            }
            What::Map(entries) => match entries.as_slice() {
                [(operator, operand)] => self.operation(operator, operand, asked),
                [_, (second, _), ..] => {
                    self.complaints.add(second.span, "a condition has one operator; this is a second one");
                    None
                }
                [] => {
                    self.complaints.add(written.span, "a condition needs an operator");
                    None
                }
            },
        }
    }

    /// An operator that exists and fits the field.
    fn operator(&mut self, name: &Text, asked: &Asked<'_>) -> Option<&'static Operator> {
        let Some(operator) = Operator::find(name) else {
            let names: Vec<&str> = OPERATORS.iter().map(|operator| operator.name).collect();
            match LOOKALIKES.iter().find(|(other, _)| *other == &**name) {
                Some((_, meant)) => {
                    let message = format!("unknown operator `{}`", shown(name));
                    self.complaints.add_with(name.span, message, format!("did you mean `{meant}`?"));
                }
                // `labels: { owner: present }`, as the file has it.
                None if matches!(asked.kind, "map" | "link") => {
                    let message = format!("unknown operator `{}`", shown(name));
                    let help = format!("what is inside `{0}` is asked with a dot: `{0}.{1}`", asked.name, shown(name));
                    self.complaints.add_with(name.span, message, help);
                }
                None => self.complaints.unknown("operator", name, &names),
            }
            return None;
        };
        if operator.fits(asked.kind) {
            return Some(operator);
        }
        let fitting: Vec<&str> = Operator::of_kind(asked.kind).map(|operator| operator.name).collect();
        let message = format!("`{}` does not work on {}", operator.name, asked.words());
        let help = match asked.kind {
            "yes/no" => "write `true` or `false`".to_owned(),
            "list of text" | "map" if operator.fits("text") => {
                format!("say of which items: `{{ any: {{ {0}: … }} }}` or `{{ all: {{ {0}: … }} }}`", operator.name)
            }
            _ => format!("what works: {}", fitting.join(", ")),
        };
        self.complaints.add_with(name.span, message, help);
        None
    }

    fn operation(&mut self, name: &Text, operand: &Written, asked: &Asked<'_>) -> Option<Condition> {
        let operator = self.operator(name, asked)?;
        let inner = |compiler: &mut Self, asked: &Asked<'_>| compiler.condition(operand, name, asked).map(Box::new);
        Some(match operator.name {
            "equals" => Condition::Equals(self.value(operand, asked)?),
            "in" => Condition::In(self.values(name, operand, asked)?),
            "not" => Condition::Not(inner(self, asked)?),
            "any" => Condition::Any(inner(self, &asked.item())?),
            "all" => Condition::All(inner(self, &asked.item())?),
            "matches" => {
                let text = self.text(name, operand)?;
                match pattern::compile(&text) {
                    Ok(regex) => Condition::Matches(Box::new(regex)),
                    Err(problem) => {
                        let span = match problem.range {
                            Some(range) => self.part(operand.span, &text, range.start, range.end),
                            None => operand.span,
                        };
                        match problem.help {
                            Some(help) => self.complaints.add_with(span, problem.message, help),
                            None => self.complaints.add(span, problem.message),
                        }
                        return None;
                    }
                }
            }
            "starts-with" => Condition::StartsWith(self.text(name, operand)?),
            "ends-with" => Condition::EndsWith(self.text(name, operand)?),
            "greater" => Condition::Greater(self.number(operand, asked)?),
            "less" => Condition::Less(self.number(operand, asked)?),
            "linked-to" => {
                let kind = Text::new(self.text(name, operand)?, operand.span);
                if *kind != *asked.target {
                    let message = format!("`{}` never leads to `{}`", asked.name, shown(&kind));
                    self.complaints.add_with(kind.span, message, format!("it leads to `{}`", asked.target));
                    return None;
                }
                Condition::LinkedTo(kind.to_string())
            }
            // `present` and `absent` stand alone.
            other => {
                let help = format!("write `{}: {other}`", asked.name);
                self.complaints.add_with(name.span, format!("`{other}` takes no operand"), help);
                return None;
            }
        })
    }

    /// A value that the field can have.
    fn value(&mut self, written: &Written, asked: &Asked<'_>) -> Option<String> {
        let What::Scalar(text) = &written.what else {
            let message = format!("expected a single value, not {}", written.kind());
            self.complaints.add(written.span, message);
            return None;
        };
        match asked.kind {
            "number" => return self.number(written, asked).map(|number| number.to_string()),
            "yes/no" if !matches!(text.as_str(), "true" | "false") => {
                let message = format!("`{}` is never `{}`", asked.name, shown(text));
                self.complaints.add_with(written.span, message, "it is yes or no: write `true` or `false`");
                return None;
            }
            _ => {}
        }
        Some(text.clone())
    }

    fn values(&mut self, operator: &Text, written: &Written, asked: &Asked<'_>) -> Option<Vec<String>> {
        match &written.what {
            What::List(items) if !items.is_empty() => {
                let values: Vec<Option<String>> = items.iter().map(|item| self.value(item, asked)).collect();
                values.into_iter().collect()
            }
            What::List(_) => {
                self.complaints.add(written.span, "nothing is in an empty list");
                None
            }
            _ => {
                let span = if written.what == What::Nothing { operator.span } else { written.span };
                self.complaints.add(span, format!("`in` takes a list, not {}", written.kind()));
                None
            }
        }
    }

    fn text(&mut self, operator: &Text, written: &Written) -> Option<String> {
        match &written.what {
            What::Scalar(text) if !text.is_empty() => Some(text.clone()),
            What::Scalar(_) => {
                let message = format!("`{}` takes a text, and this one is empty", shown(operator));
                self.complaints.add(written.span, message);
                None
            }
            _ => {
                let span = if written.what == What::Nothing { operator.span } else { written.span };
                self.complaints.add(span, format!("`{}` takes a text, not {}", shown(operator), written.kind()));
                None
            }
        }
    }

    fn number(&mut self, written: &Written, asked: &Asked<'_>) -> Option<i64> {
        let number = match &written.what {
            What::Scalar(text) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            let what = match &written.what {
                What::Scalar(text) => format!("`{}`", shown(text)),
                _ => written.kind().to_owned(),
            };
            // The meaning says the unit.
            let help = format!("`{}` is: {}", asked.name, asked.meaning);
            self.complaints.add_with(written.span, format!("expected a whole number, not {what}"), help);
        }
        number
    }
}

/// Where a part of a written value stands in the file: exactly when the value is written as it is
/// meant, else the first place where the part stands, else all of it.
pub(super) fn written_part(file: &str, span: Span, text: &str, from: usize, to: usize) -> Span {
    let Some(raw) = file.get(span.range()) else { return span };
    let lead = usize::from(raw.starts_with(['"', '\'']));
    if raw.get(lead..lead + text.len()) == Some(text) {
        return span.part(lead + from, lead + to);
    }
    match raw.find(&text[from..to]) {
        Some(at) if from < to => span.part(at, at + to - from),
        _ => span,
    }
}

/// Operators of other tools, and what stands for them here.
const LOOKALIKES: &[(&str, &str)] = &[
    ("contains", "matches"),
    ("regex", "matches"),
    ("match", "matches"),
    ("pattern", "matches"),
    ("gt", "greater"),
    (">", "greater"),
    ("greater-than", "greater"),
    ("lt", "less"),
    ("<", "less"),
    ("less-than", "less"),
    ("eq", "equals"),
    ("==", "equals"),
    ("is", "equals"),
    ("ne", "not"),
    ("!=", "not"),
    ("exists", "present"),
    ("one-of", "in"),
    ("every", "all"),
    ("some", "any"),
];

/// Words that stand where `present` or `absent` was meant.
fn misspelt(word: &str) -> Option<&'static str> {
    match word {
        "exists" | "exist" | "required" | "set" => Some("present"),
        "missing" | "unset" => Some("absent"),
        _ if word.len() >= 5 => {
            nearest(word, ["present", "absent"]).map(|near| if near == "present" { "present" } else { "absent" })
        }
        _ => None,
    }
}
