//! Small services to facts.

use super::*;
use crate::expand::testing::expanded;
use crate::facts::Lookup;

fn facts(files: &[(&str, &str)]) -> Facts {
    let sets = expanded(files);
    let service = sets.iter().find(|(set, _)| set.technology == "serverless");
    service.map_or_else(Facts::default, |(set, expansion)| lower(SetId(0), set, &expansion.documents))
}

const SERVICE: &str = "service: shop
provider:
  name: aws
  runtime: nodejs22.x
  architecture: arm64
  timeout: 20
  environment: { TABLE: orders, LEVEL: info }
functions:
  hello:
    handler: src/hello.handler
    environment: { LEVEL: debug, NODE_OPTIONS: --enable-source-maps }
    layers: [ 'arn:aws:lambda:eu-west-1:1:layer:x:1', !Ref LibLambdaLayer, !Ref OtherLambdaLayer ]
  other:
    handler: other.main
    runtime: python3.12
    architecture: x86_64
    package: { artifact: dist/other.zip }
  picture:
    image: 123.dkr.ecr.eu-west-1.amazonaws.com/picture:1
layers:
  lib: { path: lib }
";

#[test]
fn functions_with_what_the_provider_gives() {
    let files = [("api/serverless.yml", SERVICE), ("api/.serverless/shop.zip", ""), ("api/.serverless/lib.zip", "")];
    let facts = facts(&files);
    let [hello, other, picture] = &facts.functions[..] else { panic!("{:?}", facts.functions.len()) };
    assert_eq!(hello.place.path.to_string(), "serverless:api/serverless.yml#functions/hello");
    assert_eq!(hello.handler.get().unwrap(), "src/hello.handler");
    assert_eq!(hello.runtime.get().unwrap(), "nodejs22.x");
    assert_eq!(hello.architecture.get().unwrap(), "arm64");
    assert_eq!(hello.timeout.content, Content::Known(20));
    assert_eq!(hello.memory_size.content, Content::Default(1024));
    assert_eq!(hello.package, Some("api/.serverless/shop.zip".into()));
    assert_eq!(hello.code.resolved, Some("api".into()));
    let environment: Vec<_> = hello
        .environment
        .items
        .iter()
        .map(|entry| (entry.name.as_str(), entry.value.get().unwrap().as_str()))
        .collect();
    assert_eq!(environment, [("TABLE", "orders"), ("LEVEL", "debug"), ("NODE_OPTIONS", "--enable-source-maps")]);
    let layers: Vec<_> = hello.layers.items.iter().map(|layer| &layer.content).collect();
    assert_eq!(layers[1], &Content::Known("api/.serverless/lib.zip".into()));
    assert_eq!(layers[2], &Content::Ref("OtherLambdaLayer".into()));
    assert_eq!((other.code.resolved.clone(), other.package.clone()), (Some("api/dist/other.zip".into()), None));
    assert_eq!(
        (other.runtime.get().unwrap().as_str(), other.architecture.get().unwrap().as_str()),
        ("python3.12", "x86_64")
    );
    assert_eq!(picture.package_type.get().unwrap(), "Image");
    assert_eq!(picture.code.found, Lookup::NotJudged(Why::new("container image")));
    assert!(picture.runtime.is_absent());
    assert_eq!(facts.environment_variables.len(), 3 + 2 + 2);
}

#[test]
fn sources_are_no_package() {
    let facts = facts(&[("serverless.yml", SERVICE)]);
    assert_eq!(facts.functions[0].package, None);
    assert_eq!(facts.functions[0].built, Answer::False);
    assert_eq!(facts.functions[0].code.resolved, Some(TreePath::root()));
}

#[test]
fn packages_of_which_a_part_is_unpacked_later_are_not_judged() {
    let service = "service: shop\nprovider: { name: aws }\ncustom: { pythonRequirements: { zip: true } }\nplugins: [serverless-esbuild]\n\
                   functions: { a: { handler: a.b } }\n";
    let facts = facts(&[("serverless.yml", service), (".serverless/shop.zip", "")]);
    assert_eq!(facts.functions[0].package, None);
    assert_eq!(facts.functions[0].built, Answer::True);
}

#[test]
fn services_of_other_providers_have_no_functions_here() {
    for provider in ["google", "{ name: azure }", "{ name: openwhisk }"] {
        let text = format!("service: a\nprovider: {provider}\nfunctions: {{ a: {{ handler: b.c }} }}\n");
        assert!(facts(&[("serverless.yml", &text)]).functions.is_empty(), "{provider}");
    }
    assert!(facts(&[("serverless.yml", "component: express\nname: a\n")]).functions.is_empty());
    assert_eq!(
        facts(&[("serverless.yml", "service: a\nprovider: aws\nfunctions: { a: { handler: b.c } }\n")]).functions.len(),
        1
    );
}
