use super::*;
use crate::source::{ContentId, Source};
use crate::syntax::{Format, read};

const CORE: Reading = Reading { scalars: Scalars::Core, calls: false };
const CALLS: Reading = Reading { scalars: Scalars::Yaml11, calls: true };

fn document(format: Format, text: &str) -> Document {
    let mut parsed = read(format, &Source::new("t".into(), ContentId::of(text.as_bytes())), text);
    assert_eq!(parsed.problems, vec![]);
    parsed.documents.remove(0)
}

/// `path=bytes` of what a query picks.
fn picked(format: Format, reading: Reading, text: &str, query: &str) -> Vec<String> {
    let document = document(format, text);
    let queried = Queried::of(&document, reading);
    let found = queried.pick(&Query::parse(query).unwrap()).unwrap();
    found.iter().map(|one| format!("{}={}", one.path, &text[one.node.span().range()])).collect()
}

const COMPOSE: &str =
    "services:\n  web:\n    image: nginx\n    mem_limit: 64m\n  api: { image: api, ports: [80, '81'] }\n";

#[test]
fn results_know_their_bytes() {
    let yaml = |query: &str| picked(Format::Yaml, CORE, COMPOSE, query);
    assert_eq!(
        yaml("$.services.*.image"),
        ["$['services']['web']['image']=nginx", "$['services']['api']['image']=api"]
    );
    assert_eq!(yaml("$..ports[?@ > 79]"), ["$['services']['api']['ports'][0]=80"]);
    assert_eq!(yaml("$.services[?!@.mem_limit]"), ["$['services']['api']={ image: api, ports: [80, '81'] }"]);
    assert_eq!(yaml("$.services.web['image','image']").len(), 1);
    assert_eq!(yaml("$.nothing"), [""; 0]);
    let json = "{\"a\": [{\"b\": 1.5}, {\"b\": true}], \"it's\": null}";
    assert_eq!(picked(Format::Json, CORE, json, "$.a[?@.b == 1.5].b"), ["$['a'][0]['b']=1.5"]);
    assert_eq!(picked(Format::Json, CORE, json, "$[\"it's\"]"), ["$['it\\'s']=null"]);
    let toml = "[tool.x]\nlimit = 1_000\n";
    let reading = Reading { scalars: Scalars::Toml, calls: false };
    assert_eq!(
        picked(Format::Toml, reading, toml, "$.tool[?@.limit == 1000].limit"),
        ["$['tool']['x']['limit']=1_000"]
    );
}

#[test]
fn keys_kinds_and_names_come_with_them() {
    let text = "list:\n- name: one\n  on: yes\n- two: [1, 2]\n";
    let document = document(Format::Yaml, text);
    let queried = Queried::of(&document, CORE);
    let found = queried.pick(&Query::parse("$.list[*].*").unwrap()).unwrap();
    let shown: Vec<(String, &str, &str, usize)> = found
        .iter()
        .map(|one| (one.names.join("/"), one.key.as_ref().and_then(Node::text).unwrap_or(""), one.kind, one.count))
        .collect();
    assert_eq!(
        shown,
        [
            ("list/one/name".to_owned(), "name", "text", 0),
            ("list/one/on".to_owned(), "on", "text", 0),
            ("list/1/two".to_owned(), "two", "list", 2)
        ]
    );
}

#[test]
fn anchors_merge_keys_and_tags_are_as_the_tree_has_them() {
    let merged = "x: &x { restart: always }\ns:\n  a: { <<: *x, image: i }\n  b: *x\n";
    let found = picked(Format::Yaml, CORE, merged, "$.s.*.restart");
    assert_eq!(found, ["$['s']['a']['restart']=always", "$['s']['b']['restart']=always"]);
    let template = "R:\n  A: !Ref Name\n  B: !GetAtt Fn.Arn\n  C: !Sub '${X}'\n  D: !If [c, !Ref A, no]\n";
    let calls = |query: &str| picked(Format::Yaml, CALLS, template, query);
    assert_eq!(calls("$.R[?@.Ref]"), ["$['R']['A']=Name"]);
    assert_eq!(calls("$.R.B['Fn::GetAtt'][1]"), ["$['R']['B']['Fn::GetAtt'][1]=Fn.Arn"]);
    assert_eq!(calls("$.R.*['Fn::Sub']"), ["$['R']['C']['Fn::Sub']='${X}'"]);
    assert_eq!(calls("$..Ref"), ["$['R']['A']['Ref']=Name", "$['R']['D']['Fn::If'][1]['Ref']=A"]);
    assert_eq!(calls("$.R.D['Fn::If'][?@ == false]"), ["$['R']['D']['Fn::If'][2]=no"]);
    assert_eq!(picked(Format::Yaml, CORE, template, "$.R[?@ == 'Name']"), ["$['R']['A']=Name"]);
}

#[test]
fn plain_scalars_are_typed_by_their_reader() {
    let of = |text: &str, scalars| {
        let document = document(Format::Yaml, &format!("a: {text}\n"));
        value::of(&document.root().get("a").unwrap(), Reading { scalars, calls: false }).to_string()
    };
    for (text, core, old) in [
        ("yes", "\"yes\"", "true"),
        ("010", "10", "8"),
        ("0x1F", "31", "31"),
        ("1_000", "\"1_000\"", "1000"),
        ("-1.5e3", "-1500.0", "-1500.0"),
        ("1.2.3", "\"1.2.3\"", "\"1.2.3\""),
        ("64m", "\"64m\"", "\"64m\""),
        ("12:30", "\"12:30\"", "\"12:30\""),
        (".inf", "\".inf\"", "\".inf\""),
        ("nan", "\"nan\"", "\"nan\""),
        ("'1'", "\"1\"", "\"1\""),
        ("~", "null", "null"),
        ("99999999999999999999", "1e+20", "1e+20"),
        ("!!str 1", "\"1\"", "\"1\""),
        ("-", "\"-\"", "\"-\""),
    ] {
        if text != "-" {
            assert_eq!(of(text, Scalars::Core), core, "{text}");
            assert_eq!(of(text, Scalars::Yaml11), old, "{text}");
        }
    }
}

#[test]
fn what_is_wrong_has_a_place() {
    for (text, at, word) in [
        ("services", 0, "starts with `$`"),
        ("", 0, "starts with `$`"),
        ("$.a[", 3, "not closed"),
        ("$.a['b]", 7, "not closed"),
        ("$.a[?@.b = 1]", 9, "write `==`"),
        ("$.a[?@.b =~ 'x']", 9, "search("),
        ("$.a[?@.b & @.c]", 9, "`&&`"),
        ("$.a[?nope(@.b)]", 5, "'nope' is not defined"),
        ("$.a.b-c", 5, "cannot stand here"),
        ("$.a b", 3, "cannot stand here"),
        ("$.", 2, "ends too early"),
        ("$[?match(@.a, @.b)]", 14, "second argument"),
        ("$[?[?[?[?[?[?[?[?[?@.a]]]]]]]]]", 17, "too deep"),
    ] {
        let error = Query::parse(text).unwrap_err();
        assert!(error.message.contains(word), "{text}: {error:?}");
        assert_eq!(error.at, at, "{text}: {error:?}");
    }
    assert!(Query::parse(&format!("$.{}", "a".repeat(2_000))).is_err());
}

#[test]
fn no_query_takes_long() {
    let started = std::time::Instant::now();
    let open = |piece: &str, n: usize| format!("$[?{}@.a", piece.repeat(n));
    for text in [
        open("(", 200),
        open("!(", 200),
        open("[?", 200),
        open("(", 7),
        format!("$[?{}@.a{}]", "(".repeat(7), ")".repeat(7)),
    ] {
        let _ = Query::parse(&text);
    }
    let deep = format!("{}{}", "{\"a\":[1,".repeat(100), "]}".repeat(100));
    let wide = format!("{{{}}}", (0..30_000).map(|i| format!("\"k{i}\":{{\"a\":{i}}}")).collect::<Vec<_>>().join(","));
    for text in [deep, wide] {
        let document = document(Format::Json, &text);
        let queried = Queried::of(&document, CORE);
        for query in [
            "$..*..*..*..*..*..*",
            "$[?count($..*) > 1]",
            "$..[?@..a == 1]",
            "$[?search(@.a, 'x{1,9}')]",
            "$..[?@.a > $.k1.a]",
            "$[*,*,*,*][*,*,*,*][*,*,*,*][*,*,*,*]",
            "$..*",
        ] {
            let Ok(query) = Query::parse(query) else { continue };
            let result = queried.pick(&query);
            assert!(result.is_err() || result.is_ok_and(|found| found.len() <= QUERY_MATCHES), "{}", query.text());
        }
    }
    let large = "- 1\n".repeat(20_000);
    let document = document(Format::Yaml, &large);
    let found = Queried::of(&document, CORE).pick(&Query::parse("$[*]").unwrap());
    assert_eq!(found.unwrap_err(), QueryLimit::Matches);
    assert!(started.elapsed().as_secs() < 60);
}
