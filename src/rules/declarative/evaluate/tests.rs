use super::*;
use crate::source::{ContentId, Source, Span};
use crate::value::{Condition as Branch, Entry, Many, Part, Why};

fn origin() -> Origin {
    Origin::new(Source::new("t".into(), ContentId::of(b"")), Span::default())
}

fn text(content: Content<String>) -> Value<String> {
    Value::new(content, origin())
}

fn known(word: &str) -> Value<String> {
    text(Content::Known(word.into()))
}

fn unknown<T>() -> Value<T> {
    Value::unknown("x", origin())
}

fn one_of<T>(values: Vec<Value<T>>) -> Value<T> {
    let branches = values.into_iter().enumerate().map(|(at, value)| (Branch::new(at.to_string()), value)).collect();
    Value::new(Content::OneOf(branches), origin())
}

fn joined(prefix: &str, suffix: &str) -> Value<String> {
    let hole = Part::Hole { name: None, attribute: None, why: Why::new("x"), origin: origin() };
    text(Content::Concat(vec![Part::Known(prefix.into()), hole, Part::Known(suffix.into())]))
}

/// `yes`, `no`, `?`, or the branch of a sometimes.
fn shown(answer: &Answer) -> String {
    match answer {
        Answer::True => "yes".into(),
        Answer::False => "no".into(),
        Answer::Sometimes(condition) => condition.to_string(),
        Answer::Unknown(_) => "?".into(),
    }
}

/// Answers to a condition and to its opposite.
fn both(field: &Field<'_>, condition: &Condition) -> [String; 2] {
    [false, true].map(|negated| {
        let question = Question { condition, negated };
        shown(&match field {
            Field::Text(value) => question.of_value(value, &ask_text),
            Field::Number(value) => {
                question.of_value(value, &|value, condition| ask_field(&Field::Number(value), condition))
            }
            other => question.turned(ask_field(other, condition)),
        })
    })
}

fn matches(expression: &str) -> Condition {
    Condition::Matches(Box::new(Regex::new(expression).unwrap()))
}

#[test]
fn a_default_satisfies_comparisons_and_is_not_given() {
    let number = Value::default(3, origin());
    let field = Field::Number(&number);
    assert_eq!(both(&field, &Condition::Less(29)), ["yes", "no"]);
    assert_eq!(both(&field, &Condition::Greater(29)), ["no", "yes"]);
    assert_eq!(both(&field, &Condition::Equals("3".into())), ["yes", "no"]);
    assert_eq!(both(&field, &Condition::Present), ["no", "yes"]);
    assert_eq!(both(&field, &Condition::Absent), ["yes", "no"]);
}

#[test]
fn what_is_absent_is_equal_to_nothing_and_compares_with_nothing() {
    let number: Value<i64> = Value::absent(origin());
    let field = Field::Number(&number);
    assert_eq!(both(&field, &Condition::Less(29)), ["no", "yes"]);
    assert_eq!(both(&field, &Condition::Greater(29)), ["no", "yes"]);
    assert_eq!(both(&field, &Condition::Absent), ["yes", "no"]);
}

#[test]
fn what_is_unknown_decides_nothing() {
    let (number, word) = (unknown::<i64>(), unknown::<String>());
    for condition in [Condition::Less(2), Condition::Greater(2), Condition::Present, Condition::Equals("2".into())] {
        assert_eq!(both(&Field::Number(&number), &condition), ["?", "?"]);
        assert_eq!(both(&Field::Text(&word), &condition), ["?", "?"]);
    }
    assert_eq!(both(&Field::Text(&word), &matches("x")), ["?", "?"]);
}

#[test]
fn one_of_several_is_sometimes_both_ways() {
    let number = one_of(vec![Value::known(10, origin()), Value::known(60, origin())]);
    assert_eq!(both(&Field::Number(&number), &Condition::Greater(29)), ["1", "0"]);
    assert_eq!(both(&Field::Number(&number), &Condition::Greater(5)), ["yes", "no"]);
    assert_eq!(both(&Field::Number(&number), &Condition::Present), ["yes", "no"]);
    // One branch surely breaks it, of the other nothing is known.
    let half = one_of(vec![known("a"), unknown()]);
    assert_eq!(both(&Field::Text(&half), &Condition::Equals("b".into())), ["?", "0"]);
    assert_eq!(both(&Field::Text(&half), &Condition::Equals("a".into())), ["0", "?"]);
    let in_list = Condition::In(vec!["a".into(), "c".into()]);
    assert_eq!(both(&Field::Text(&one_of(vec![known("a"), known("c")])), &in_list), ["yes", "no"]);
    let parts = one_of(vec![joined("http://", "/x"), known("http://y")]);
    assert_eq!(both(&Field::Text(&parts), &Condition::StartsWith("http:".into())), ["yes", "no"]);
}

#[test]
fn known_parts_decide_where_they_can() {
    let value = joined("registry.example.com/", ":1.2");
    let field = Field::Text(&value);
    assert_eq!(both(&field, &Condition::StartsWith("registry.".into())), ["yes", "no"]);
    assert_eq!(both(&field, &Condition::EndsWith("latest".into())), ["no", "yes"]);
    assert_eq!(both(&field, &matches("^registry[.]example[.]com")), ["yes", "no"]);
    assert_eq!(both(&field, &matches("[.]2$")), ["yes", "no"]);
    assert_eq!(both(&field, &matches("com/$")), ["?", "?"]);
    assert_eq!(both(&field, &matches("^:1")), ["?", "?"]);
    assert_eq!(both(&field, &matches("nope")), ["?", "?"]);
}

#[test]
fn open_lists_and_maps_answer_as_far_as_they_are_seen() {
    let is = |word: &str| Box::new(Condition::Equals(word.into()));
    let items = || vec![known("a"), known("b")];
    let (closed, open) = (Many::closed(items()), Many::open(items(), Why::new("x")));
    for (list, any_other, all_these) in [(&closed, "no", "yes"), (&open, "?", "?")] {
        let field = Field::Texts(list);
        let ask = |condition: Condition| shown(&ask_field(&field, &condition));
        assert_eq!(ask(Condition::Any(is("a"))), "yes");
        assert_eq!(ask(Condition::Any(is("c"))), any_other);
        assert_eq!(ask(Condition::All(is("a"))), "no");
        assert_eq!(ask(Condition::All(Box::new(Condition::In(vec!["a".into(), "b".into()])))), all_these);
        assert_eq!(ask(Condition::Present), "yes");
    }
    let none: Many<Value<String>> = Many::open(Vec::new(), Why::new("x"));
    assert_eq!(shown(&ask_field(&Field::Texts(&none), &Condition::Present)), "?");
    let entry = |name: &str| Entry { name: name.into(), name_origin: origin(), value: known("v") };
    let map = Many::closed(vec![entry("owner")]);
    assert_eq!(shown(&ask_field(&Field::Map(&map), &Condition::Any(is("v")))), "yes");
    assert_eq!(shown(&ask_field(&Field::Map(&map), &Condition::All(is("w")))), "no");
}

#[test]
fn numbers_in_texts_compare_as_numbers() {
    for (word, greater, less) in [
        ("2", "yes", "no"),
        ("0.5", "no", "yes"),
        ("1", "no", "no"),
        ("x", "no", "no"),
        ("", "no", "no"),
        ("nan", "no", "no"),
    ] {
        let value = known(word);
        assert_eq!(both(&Field::Text(&value), &Condition::Greater(1))[0], greater, "{word}");
        assert_eq!(both(&Field::Text(&value), &Condition::Less(1))[0], less, "{word}");
    }
}
