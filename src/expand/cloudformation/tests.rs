//! Small templates through the expansion, function by function.

use super::*;
use crate::expand::testing;
use crate::value::{Content, Part, Value};

/// Sets of these files, each with what it expands to.
fn expanded(files: &[(&str, &str)]) -> Vec<(ReleaseSet, Expansion)> {
    let mut sets = testing::expanded(files);
    sets.retain(|(set, _)| matches!(set.technology, "sam" | "cfn"));
    sets
}

const HEAD: &str = "Parameters:
  Stage: { Type: String, Default: dev }
  Size: { Type: String, AllowedValues: [small, large] }
  Free: { Type: String }
  Names: { Type: CommaDelimitedList, Default: 'a, b' }
  Secret: { Type: AWS::SSM::Parameter::Value<String>, Default: /key }
Mappings:
  Sizes:
    small: { memory: 128, zones: [x, y] }
    large: { memory: 512, zones: [z] }
  Regions:
    eu-west-1: { ami: ami-1 }
    us-east-1: { ami: ami-2 }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsSure: !Not [!Equals [a, b]]
  IsNever: !And [Condition: IsSure, !Equals [a, b]]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
";

/// Properties of the queue with `V` written as given.
fn properties(lines: &str) -> Applied {
    let text = format!("{HEAD}{}", lines.lines().map(|line| format!("      {line}\n")).collect::<String>());
    let (_, expansion) = expanded(&[("template.yaml", &text)]).remove(0);
    expansion.documents[0].root.path(&["Resources", "Queue", "Properties"]).unwrap().clone()
}

fn value(written: &str) -> Value<String> {
    properties(&format!("V: {written}")).text_of("V")
}

fn known(written: &str) -> String {
    let value = value(written);
    value.get().unwrap_or_else(|| panic!("{written}: {value:?}")).clone()
}

/// Branches as `condition -> text`.
fn branches(value: &Value<String>) -> Vec<String> {
    let Content::OneOf(branches) = &value.content else { panic!("{value:?}") };
    let show = |value: &Value<String>| match &value.content {
        Content::Known(text) => text.clone(),
        other => format!("{other:?}").split('(').next().unwrap().to_owned(),
    };
    branches.iter().map(|(condition, value)| format!("{condition} -> {}", show(value))).collect()
}

#[test]
fn parameters_are_one_of_several_values() {
    assert_eq!(
        branches(&value("!Ref Stage")),
        ["parameter `Stage` keeps its default -> dev", "parameter `Stage` is given another value -> Unknown"]
    );
    assert_eq!(
        branches(&value("{ Ref: Size }")),
        ["parameter `Size` is `small` -> small", "parameter `Size` is `large` -> large"]
    );
    assert_eq!(value("!Ref Free").undecided().unwrap().to_string(), "parameter without a value");
    assert_eq!(value("!Ref Secret").undecided().unwrap().to_string(), "value from the parameter store");
}

#[test]
fn references_and_attributes_keep_their_names() {
    assert_eq!(value("!Ref Queue").content, Content::Ref("Queue".into()));
    assert_eq!(value("!Ref AWS::Region").content, Content::Ref("AWS::Region".into()));
    for form in
        ["!GetAtt Queue.Arn", "!GetAtt [Queue, Arn]", "{ Fn::GetAtt: [Queue, Arn] }", "{ Fn::GetAtt: Queue.Arn }"]
    {
        assert_eq!(value(form).content, Content::Attr("Queue".into(), "Arn".into()), "{form}");
    }
    assert!(value("!Ref AWS::NoValue").is_absent());
    assert!(properties("V: !Ref AWS::NoValue").get("V").is_none());
}

#[test]
fn substitutions() {
    assert_eq!(known("!Sub plain"), "plain");
    assert_eq!(known("!Sub 'a ${!literal}'"), "a ${literal}");
    assert_eq!(known("!Sub ['${X}-${Y}', { X: 1, Y: !Sub two }]"), "1-two");
    assert_eq!(value("!Sub '${Queue.Arn}'").content, Content::Attr("Queue".into(), "Arn".into()));
    assert_eq!(
        branches(&value("!Sub '${Stage}/${Stage}'")),
        ["parameter `Stage` keeps its default -> dev/dev", "parameter `Stage` is given another value -> Concat"]
    );
    let Content::Concat(parts) = value("!Sub 'x-${Queue}'").content else { panic!() };
    assert_eq!(parts[0], Part::Known("x-".into()));
    let Part::Hole { name, origin, .. } = &parts[1] else { panic!() };
    assert_eq!(name.as_deref(), Some("Queue"));
    assert_eq!(origin.span.range().len(), "${Queue}".len());
}

#[test]
fn joins_selections_and_splits() {
    assert_eq!(known("!Join ['-', [a, b, !Ref AWS::NoValue]]"), "a-b");
    assert_eq!(known("!Join ['', []]"), "");
    assert_eq!(known("!Select [1, [a, b]]"), "b");
    assert_eq!(known("!Select [1, !Split ['/', 'x/y/z']]"), "y");
    assert_eq!(known("{ Fn::Join: [':', !Split [',', 'a,b']] }"), "a:b");
    let split = properties("V: !Split [',', 'a,b']");
    assert_eq!(split.get("V").unwrap().items().len(), 2);
    assert!(value("!Join ['', !GetAZs '']").undecided().is_some());
    assert!(value("!Select [7, [a]]").undecided().is_some());
}

#[test]
fn conditions_choose_or_leave_both() {
    assert_eq!(known("!If [IsSure, yes, no]"), "yes");
    assert_eq!(known("!If [IsNever, yes, no]"), "no");
    assert_eq!(
        branches(&value("!If [IsProd, big, small]")),
        ["condition `IsProd` holds -> big", "condition `IsProd` does not hold -> small"]
    );
    let merged = properties("V: !If [IsProd, { a: 1, b: 2 }, { a: 1 }]\nW: !If [IsProd, { c: 3 }, !Ref AWS::NoValue]");
    assert_eq!(merged.path(&["V", "a"]).unwrap().known(), Some("1"));
    let b = merged.path(&["V", "b"]).unwrap().text();
    assert_eq!(branches(&b), ["condition `IsProd` holds -> 2", "condition `IsProd` does not hold -> Absent"]);
    let c = merged.path(&["W", "c"]).unwrap().text();
    assert_eq!(branches(&c), ["condition `IsProd` holds -> 3", "condition `IsProd` does not hold -> Absent"]);
    let list = properties("V: !If [IsProd, [a], [b, c]]");
    assert_eq!(list.get("V").unwrap().unknown().unwrap().to_string(), "list under a condition");
}

#[test]
fn mappings_are_looked_up() {
    assert_eq!(known("!FindInMap [Sizes, small, memory]"), "128");
    assert_eq!(
        branches(&value("!FindInMap [Sizes, !Ref Size, memory]")),
        ["parameter `Size` is `small` -> 128", "parameter `Size` is `large` -> 512"]
    );
    assert_eq!(
        branches(&value("!FindInMap [Regions, !Ref AWS::Region, ami]")),
        ["`AWS::Region` is `eu-west-1` -> ami-1", "`AWS::Region` is `us-east-1` -> ami-2"]
    );
    let zones = properties("V: !FindInMap [Sizes, small, zones]");
    assert_eq!(zones.get("V").unwrap().items().len(), 2);
    assert!(value("!FindInMap [Nothing, a, b]").undecided().is_some());
}

#[test]
fn what_only_the_platform_knows() {
    for written in [
        "!ImportValue x",
        "{ Fn::ImportValue: !Sub '${Stage}-x' }",
        "!Base64 x",
        "!Cidr [a, 1, 2]",
        "!Transform { Name: Macro, Parameters: {} }",
        "'{{resolve:ssm:/x:1}}'",
    ] {
        assert!(value(written).undecided().is_some(), "{written}");
    }
    let Content::Concat(parts) = value("'postgres://{{resolve:secretsmanager:x}}@db'").content else { panic!() };
    assert_eq!(parts.len(), 3);
}

#[test]
fn malformed_calls_are_unknown_and_nothing_panics() {
    for written in [
        "!Sub []",
        "!Join [x]",
        "!If [a]",
        "!Select []",
        "!GetAtt x",
        "!GetAtt []",
        "!FindInMap [a]",
        "!Ref []",
        "!Sub",
        "!Split x",
    ] {
        let node = properties(&format!("V: {written}"));
        assert!(node.text_of("V").get().is_none_or(String::is_empty), "{written}");
    }
}

#[test]
fn inputs_decide_parameters_and_conditions() {
    let text = format!("{HEAD}      V: !If [IsProd, big, small]\n      W: !Sub '${{Stage}}-${{Free}}'\n");
    let sets = expanded(&[
        ("template.yaml", &text),
        ("samconfig.toml", "[prod.deploy.parameters]\nparameter_overrides = \"Stage=prod Free=x\"\n"),
        ("params/dev.json", "[{\"ParameterKey\": \"Stage\", \"ParameterValue\": \"dev\"}]"),
        ("params/other.json", "[{\"ParameterKey\": \"Unrelated\", \"ParameterValue\": \"dev\"}]"),
    ]);
    let of = |input: &str| {
        let (set, expansion) = sets.iter().find(|(set, _)| set.inputs == [input]).unwrap();
        (set, expansion.documents[0].root.path(&["Resources", "Queue", "Properties"]).unwrap())
    };
    assert_eq!(sets.len(), 2);
    let (set, properties) = of("samconfig.toml:prod");
    assert_eq!(set.environment.as_ref().unwrap().0, crate::facts::Environment::Prod);
    assert_eq!(properties.text_of("V").get().unwrap(), "big");
    assert_eq!(properties.text_of("W").get().unwrap(), "prod-x");
    let (set, properties) = of("params/dev.json");
    assert_eq!(set.environment.as_ref().unwrap().0, crate::facts::Environment::Dev);
    assert_eq!(properties.text_of("V").get().unwrap(), "small");
}

#[test]
fn globals_are_merged_as_sam_does() {
    let text = "Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs22.x, Layers: [one], Environment: { Variables: { A: 1, B: 2 } } }
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: { Layers: [two], Environment: { Variables: { B: 3 } } }
  Bare: { Type: AWS::Serverless::Function, IgnoreGlobals: [Layers] }
  Raw: { Type: AWS::Lambda::Function }
";
    let (set, expansion) = expanded(&[("template.yaml", text)]).remove(0);
    assert_eq!(set.technology, "sam");
    let root = &expansion.documents[0].root;
    let of = |id: &str, keys: &[&str]| root.path(&[&["Resources", id, "Properties"], keys].concat()).cloned();
    assert_eq!(of("Fn", &["Runtime"]).unwrap().known(), Some("nodejs22.x"));
    assert_eq!(of("Fn", &["Layers"]).unwrap().items().len(), 2);
    assert_eq!(of("Fn", &["Environment", "Variables", "A"]).unwrap().known(), Some("1"));
    assert_eq!(of("Fn", &["Environment", "Variables", "B"]).unwrap().known(), Some("3"));
    assert_eq!(of("Bare", &["Runtime"]).unwrap().known(), Some("nodejs22.x"));
    assert!(of("Bare", &["Layers"]).is_none() && of("Raw", &["Runtime"]).is_none());
    let steps = of("Fn", &["Runtime"]).unwrap().text().origin;
    assert_eq!(steps.steps().last().unwrap().kind, HopKind::Globals);
}

#[test]
fn loops_and_includes() {
    let text = "Transform: AWS::LanguageExtensions
Parameters: { Names: { Type: CommaDelimitedList } }
Resources:
  Fn::ForEach::Topics:
    - Name
    - [One, Two]
    - 'Topic${Name}': { Type: AWS::SNS::Topic, Properties: { TopicName: !Sub 'x-${Name}', A: !Ref Name } }
  Fn::Transform: { Name: AWS::Include, Parameters: { Location: ./more.yaml } }
";
    let more = "Extra: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub '${AWS::StackName}' } }\n";
    let (_, expansion) = expanded(&[("infra/template.yaml", text), ("infra/more.yaml", more)]).remove(0);
    let resources = expansion.documents[0].root.get("Resources").unwrap();
    let ids: Vec<&str> = resources.entries().iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(ids, ["TopicOne", "TopicTwo", "Extra"]);
    assert_eq!(resources.path(&["TopicTwo", "Properties", "TopicName"]).unwrap().known(), Some("x-Two"));
    assert_eq!(resources.path(&["TopicTwo", "Properties", "A"]).unwrap().known(), Some("Two"));
    assert_eq!(expansion.open, None);

    let open = text.replace("[One, Two]", "!Ref Names");
    let (_, expansion) = expanded(&[("infra/template.yaml", &open), ("infra/more.yaml", more)]).remove(0);
    assert!(expansion.open.is_some());
}

#[test]
fn conditions_that_name_themselves_end() {
    let text = "Conditions:\n  A: !Not [Condition: B]\n  B: !Not [Condition: A]\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    \
                Condition: A\n    Properties: { V: !If [A, 1, 2] }\n";
    let (_, expansion) = expanded(&[("template.yaml", text)]).remove(0);
    assert!(expansion.documents[0].root.path(&["Resources", "Q"]).is_some());
}

#[test]
fn a_macro_opens_the_set() {
    let sets = expanded(&[("template.yaml", "Transform: Ours\nResources: { A: { Type: AWS::SQS::Queue } }\n")]);
    assert!(sets[0].0.open.is_some());
}

/// Items of a list whose template stands under `head` and whose items are written so, and the trouble it makes.
fn listed(head: &str, items: &str) -> (Vec<Applied>, bool) {
    let text = format!("{head}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {{ V: [{items}] }}\n");
    let (_, expansion) = expanded(&[("template.yaml", &text)]).remove(0);
    let list = expansion.documents[0].root.path(&["Resources", "Q", "Properties", "V"]).unwrap();
    (list.items().to_vec(), expansion.open.is_some())
}

#[test]
fn a_long_text_that_many_name_ends() {
    let long = "x".repeat(500_000);
    let mapping = format!("Mappings: {{ M: {{ a: {{ b: {long} }} }} }}");
    let parameter = format!("Parameters: {{ P: {{ Type: String, Default: {long} }} }}");
    for (head, item) in [
        (&mapping, "!FindInMap [M, a, b]"),
        (&parameter, "!Ref P"),
        (&parameter, "!Sub 'a-${P}'"),
        (&mapping, "!Join ['', [!FindInMap [M, a, b], c]]"),
    ] {
        let (items, is_open) = listed(head, &format!("{item}, ").repeat(3_000));
        let first = items[0].text().undecided();
        assert_ne!(first.map(|why| why.0.into_owned()).as_deref(), Some(evaluate::TOO_LONG), "{item}");
        assert!(items[2_999].text().get().is_none() && is_open, "{item}");
    }
}

#[test]
fn texts_that_multiply_end() {
    let long = "x".repeat(100_000);
    let (items, is_open) = listed("", &format!("!Join [{long}, [{}]]", "a, ".repeat(5_000)));
    assert!(items[0].text().get().is_none() && is_open);
    let holes = "${N}".repeat(5_000);
    let (_, is_open) = listed(
        "Transform: AWS::LanguageExtensions",
        &format!("{{ Fn::ForEach::L: [N, [{long}], {{ 'k': '{holes}' }}] }}"),
    );
    assert!(is_open);
    let (items, _) = listed("", &format!("!Sub '{}'", "a${Q}".repeat(20_000)));
    assert!(matches!(items[0].text().content, Content::Concat(parts) if parts.len() == 40_000));
    let mapping = format!("Mappings: {{ M: {{ a: {{ b: '{}' }} }} }}", "a,".repeat(40_000));
    let (items, _) = listed(&mapping, &"!Select [0, !Split [',', !FindInMap [M, a, b]]], ".repeat(100));
    assert!(items[0].known().is_some() && items[99].known().is_none());
}
