//! Compose projects from files to facts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use deploylint::facts::{ContainerPort, Dependency, EnvironmentVariable, Lookup, Mount, Place, Workload};
use deploylint::graph::Graph;
use deploylint::source::HopKind;
use deploylint::value::{Content, Value};
use support::{Scratch, judge_folder};

fn graph(files: &[(&str, &str)]) -> Graph {
    let scratch = Scratch::new();
    for (path, text) in files {
        scratch.write(path, text);
    }
    judge_folder(scratch.path(), &|_| false).graph
}

fn sets(graph: &Graph) -> Vec<String> {
    let compose = graph.sets.iter().filter(|set| set.technology == "compose");
    compose.map(|set| set.path().to_string()).collect()
}

fn set_of(graph: &Graph, place: &Place) -> String {
    graph.set_of(place).inputs.join(",")
}

/// The value of a variable in the set with these inputs.
fn variable<'a>(graph: &'a Graph, inputs: &str, service: &str, name: &str) -> &'a EnvironmentVariable {
    let of = |variable: &EnvironmentVariable| {
        let container = &graph.facts[variable.container.unwrap()];
        container.name.get().unwrap() == service && variable.name == name
    };
    let found = graph.each::<EnvironmentVariable>().find(|(_, v)| set_of(graph, &v.place) == inputs && of(v));
    found.unwrap_or_else(|| panic!("{service}.{name} in [{inputs}]")).1
}

fn text(value: &Value<String>) -> &str {
    value.get().unwrap_or_else(|| panic!("{value:?}"))
}

#[test]
fn a_base_gives_a_set_alone_and_one_with_each_override() {
    let base = "services:\n  web:\n    image: w\n";
    let over = "services:\n  web:\n    environment: {A: b}\n";
    let graph = graph(&[
        ("a/docker-compose.yml", base),
        ("a/docker-compose.override.yml", over),
        ("a/docker-compose.prod.yml", over),
        ("a/monitoring.compose.yml", "services:\n  prometheus:\n    image: p\n"),
        ("b/docker-compose.load.yml", "services:\n  load:\n    image: l\n    depends_on: [web]\n"),
    ]);
    assert_eq!(
        sets(&graph),
        [
            "compose:a/docker-compose.yml",
            "compose:a/docker-compose.yml[docker-compose.override.yml]",
            "compose:a/docker-compose.yml[docker-compose.prod.yml]",
            "compose:a/monitoring.compose.yml",
            "compose:b/docker-compose.load.yml",
        ]
    );
    let environments: Vec<Option<&str>> =
        graph.sets.iter().map(|set| set.environment.as_ref().map(|(e, _)| e.word())).collect();
    assert_eq!(&environments[..3], [None, Some("dev"), Some("prod")]);
}

#[test]
fn what_an_override_does_not_touch_keeps_its_address() {
    let graph = graph(&[
        ("compose.yml", "services:\n  web:\n    image: w\n    environment: {A: a, B: b}\n"),
        ("compose.prod.yml", "services:\n  web:\n    environment: {B: c}\n"),
    ]);
    let prod = "compose.prod.yml";
    let path = |name: &str| variable(&graph, prod, "web", name).place.path.to_string();
    assert_eq!(path("A"), "compose:compose.yml#service/web/environment/A");
    assert_eq!(path("B"), "compose:compose.yml[compose.prod.yml]#service/web/environment/B");
    assert_eq!(text(&variable(&graph, prod, "web", "B").value), "c");
}

#[test]
fn merge_rules_of_the_specification() {
    let graph = graph(&[
        (
            "compose.yml",
            "services:
  web:
    image: w
    command: [a, b]
    environment: [A=1, B=2]
    ports: ['80:80', '443:443']
    volumes: ['./a:/data', 'named:/x']
    depends_on: [db]
  db:
    image: d
    ports: ['5432:5432']
",
        ),
        (
            "compose.prod.yml",
            "services:
  web:
    command: c
    environment: {B: 3}
    ports: ['8080:8080', '80:80']
    volumes: ['./b:/data']
    depends_on: {cache: {condition: service_healthy}}
  db:
    ports: !reset []
  cache:
    image: c
",
        ),
    ]);
    let prod = |place: &Place| set_of(&graph, place) == "compose.prod.yml";
    let ports: Vec<i64> = graph
        .each::<ContainerPort>()
        .filter(|(_, port)| prod(&port.place))
        .filter_map(|(_, port)| port.number.get().copied())
        .collect();
    assert_eq!(ports, [80, 443, 8080]);
    let mounts: Vec<&str> =
        graph.each::<Mount>().filter(|(_, m)| prod(&m.place)).map(|(_, m)| text(&m.source.written)).collect();
    assert_eq!(mounts, ["./b"]);
    let needs: Vec<(&str, &str)> = graph
        .each::<Dependency>()
        .filter(|(_, d)| prod(&d.place))
        .map(|(_, d)| (text(&d.target), text(&d.condition)))
        .collect();
    assert_eq!(needs, [("db", "service_started"), ("cache", "service_healthy")]);
    assert_eq!(text(&variable(&graph, "compose.prod.yml", "web", "A").value), "1");
    assert_eq!(text(&variable(&graph, "compose.prod.yml", "web", "B").value), "3");
}

#[test]
fn variables_come_from_dot_env_and_files_of_variables() {
    let graph = graph(&[
        (
            "app/compose.yml",
            "services:
  web:
    image: w
    env_file: [web.env]
    environment:
      - URL=http://${HOST}:${PORT:-80}
      - SECRET
      - PLAIN=${PASSWORD}
",
        ),
        ("app/.env", "HOST=api\nSECRET=s\nPASSWORD=hunter2\n"),
        ("app/web.env", "FROM_FILE=x\nPLAIN=never\n"),
    ]);
    let url = variable(&graph, "", "web", "URL");
    assert_eq!(url.value.possible()[0].1, "http://api:80");
    let plain = &variable(&graph, "", "web", "PLAIN").value;
    assert_eq!(text(plain), "hunter2");
    assert_eq!(plain.origin.source.path().to_string(), "app/.env");
    assert_eq!(plain.origin.steps()[0].kind, HopKind::EnvironmentFile);
    assert_eq!(text(&variable(&graph, "", "web", "SECRET").value), "s");
    let file = variable(&graph, "", "web", "FROM_FILE");
    assert_eq!((text(&file.value), file.given), ("x", "file"));
}

#[test]
fn extends_and_include_are_followed() {
    let graph = graph(&[
        (
            "compose.yml",
            "include: [other/compose.yml]
services:
  web:
    extends: {file: shared/base.yml, service: base}
    environment: {OWN: 1}
  worker:
    extends: web
    depends_on: [queue]
",
        ),
        ("shared/base.yml", "services:\n  base:\n    image: b\n    environment: {BASE: 1}\n    volumes: ['./x:/x']\n"),
        ("other/compose.yml", "services:\n  queue:\n    image: q\n    volumes: ['./y:/y']\n"),
    ]);
    assert_eq!(sets(&graph), ["compose:compose.yml", "compose:shared/base.yml"]);
    assert_eq!(text(&variable(&graph, "", "worker", "BASE").value), "1");
    assert_eq!(text(&variable(&graph, "", "worker", "OWN").value), "1");
    let steps = variable(&graph, "", "web", "BASE").value.origin.steps().to_vec();
    assert_eq!(steps[0].kind, HopKind::Extends);
    let paths: Vec<String> =
        graph.each::<Mount>().map(|(_, m)| m.source.resolved.as_ref().unwrap().to_string()).collect();
    assert!(paths.contains(&"shared/x".to_owned()) && paths.contains(&"other/y".to_owned()), "{paths:?}");
    let (_, queue) = graph.each::<Dependency>().find(|(_, d)| text(&d.target) == "queue").unwrap();
    assert!(queue.resolved.is_some());
}

#[test]
fn circles_end() {
    let graph = graph(&[
        ("compose.yml", "include: [compose.yml, b/compose.yml]\nservices:\n  a: {extends: b}\n  b: {extends: a}\n"),
        ("b/compose.yml", "include: [../compose.yml]\nservices:\n  c: {image: c}\n"),
    ]);
    assert!(graph.sets.len() <= 3);
}

#[test]
fn ports_in_every_syntax() {
    let graph = graph(&[(
        "compose.yml",
        "services:
  web:
    image: w
    ports:
      - 80
      - '8080:81'
      - '127.0.0.1:8082:82/udp'
      - '3000-3001:83-84'
      - '[::1]:8085:85'
      - '${PORT:-8086}:86'
      - {target: 87, published: '8087', protocol: tcp}
      - '${ALL}'
    expose: ['88']
",
    )]);
    let ports: Vec<(Option<i64>, Option<i64>, String)> = graph
        .each::<ContainerPort>()
        .map(|(_, port)| {
            let published = port.published.possible().first().map(|(_, number, _)| **number);
            (port.number.get().copied(), published, port.protocol.get().cloned().unwrap_or_default())
        })
        .collect();
    let tcp = |number: i64, published: Option<i64>| (Some(number), published, "TCP".to_owned());
    assert_eq!(
        ports,
        [
            tcp(80, None),
            tcp(81, Some(8080)),
            (Some(82), Some(8082), "UDP".to_owned()),
            tcp(83, Some(3000)),
            tcp(84, Some(3001)),
            tcp(85, Some(8085)),
            tcp(86, Some(8086)),
            tcp(87, Some(8087)),
            (None, None, String::new()),
            tcp(88, None),
        ]
    );
}

#[test]
fn mounts_are_host_paths_only() {
    let graph = graph(&[
        (
            "compose.yml",
            "services:
  web:
    image: w
    volumes:
      - data:/data
      - ./conf:/conf:ro
      - ~/x:/x
      - /var/run/docker.sock:/s
      - 'C:\\x:/y'
      - /anonymous
      - {type: bind, source: ./gone, target: /gone}
      - {type: volume, source: v, target: /v}
      - ${DIR:-./d}:/d
",
        ),
        ("conf/a", ""),
    ]);
    let found: Vec<(String, bool)> = graph
        .each::<Mount>()
        .map(|(_, m)| {
            let written = m.source.written.possible().first().map(|(_, text, _)| (*text).clone());
            (written.unwrap_or_default(), matches!(m.source.found, Lookup::NotJudged(_)))
        })
        .collect();
    let expected = [
        ("./conf", false),
        ("~/x", true),
        ("/var/run/docker.sock", true),
        ("C:\\x", true),
        ("./gone", false),
        ("./d", true),
    ];
    let expected: Vec<(String, bool)> = expected.iter().map(|(t, j)| ((*t).to_owned(), *j)).collect();
    assert_eq!(found, expected);
}

#[test]
fn host_names_and_where_others_resolve() {
    let graph = graph(&[(
        "compose.yml",
        "services:
  web:
    image: w
    container_name: shop-web
    networks:
      front: {aliases: [shop]}
    links: ['db:database']
    extra_hosts: ['legacy:10.0.0.1']
  db:
    image: d
    networks: [shared]
networks:
  shared: {external: true}
",
    )]);
    let workload = |name: &str| graph.each::<Workload>().find(|(_, w)| text(&w.name) == name).unwrap().1;
    let names: Vec<&str> = workload("web").host_names.items.iter().map(text).collect();
    assert_eq!(names, ["web", "shop-web", "shop", "database", "legacy"]);
    assert!(workload("web").host_names.open.is_none());
    assert!(workload("db").host_names.open.is_some());
}

#[test]
fn arguments_of_commands_that_carry_values() {
    let graph = graph(&[(
        "compose.yml",
        "services:
  cache:
    image: redis
    command: redis-server --requirepass hunter2 --port 6379
  app:
    image: a
    command: ['sh', '-c', 'DB_URL=http://db:1 app --url=http://x:2']
",
    )]);
    let of = |service: &str, name: &str| {
        let variable = variable(&graph, "", service, name);
        (text(&variable.value).to_owned(), variable.given)
    };
    assert_eq!(of("cache", "--requirepass"), ("hunter2".into(), "command"));
    assert_eq!(of("app", "DB_URL"), ("http://db:1".into(), "command"));
    assert_eq!(of("app", "--url"), ("http://x:2".into(), "command"));
}

#[test]
fn anchors_and_merge_keys() {
    let graph = graph(&[(
        "compose.yml",
        "x-env: &env {A: 1}
x-base: &base
  image: b
  environment:
    <<: *env
    B: 2
services:
  web:
    <<: *base
    environment:
      <<: *env
      C: 3
  worker: *base
",
    )]);
    for (service, name) in [("web", "A"), ("web", "C"), ("worker", "A"), ("worker", "B")] {
        assert!(matches!(variable(&graph, "", service, name).value.content, Content::Known(_)));
    }
}
