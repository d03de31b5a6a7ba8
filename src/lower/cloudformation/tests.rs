//! Small templates to facts.

use super::*;
use crate::expand::testing::expanded;
use crate::facts::{Id, Lookup, Target};
use crate::source::TreePath;
use crate::value::{Answer, Content};

fn facts(text: &str) -> Facts {
    facts_of(&[("infra/template.yaml", text)])
}

fn facts_of(files: &[(&str, &str)]) -> Facts {
    let sets = expanded(files);
    let (set, expansion) = sets.iter().find(|(set, _)| matches!(set.technology, "sam" | "cfn")).unwrap();
    lower(SetId(0), set, &expansion.documents)
}

#[test]
fn functions_with_what_the_platform_puts_in() {
    let facts = facts(
        "Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../src/
      Handler: index.handler
      Runtime: nodejs22.x
      Layers: [!Ref Common, !Ref Built, 'arn:aws:lambda:eu-west-1:123456789012:layer:x:1']
      Environment: { Variables: { NODE_OPTIONS: --enable-source-maps, KEY: '{{resolve:ssm:/key}}' } }
    Metadata: { BuildMethod: esbuild }
  Common: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/common } }
  Built: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layers/x }, Metadata: { BuildMethod: nodejs22.x } }
  Arm: { Type: AWS::Lambda::Function, Properties: { Architectures: [arm64], Timeout: 30, Code: { ZipFile: x } } }
",
    );
    let [function, arm] = &facts.functions[..] else { panic!() };
    assert_eq!(function.code.resolved, Some("src".into()));
    assert_eq!(function.code.found, Lookup::Pending);
    assert_eq!((function.architecture.get().unwrap().as_str(), *function.timeout.get().unwrap()), ("x86_64", 3));
    assert_eq!(function.architecture.present(), Answer::False);
    assert_eq!(function.built, Answer::True);
    assert_eq!(function.layers.items[0].get().unwrap(), "infra/layers/common");
    assert!(function.layers.items[1].undecided().is_some());
    let given: Vec<_> = facts.environment_variables.iter().map(|v| (v.name.as_str(), v.given)).collect();
    assert_eq!(given, [("NODE_OPTIONS", "literal"), ("KEY", "reference")]);
    assert_eq!((arm.architecture.get().unwrap().as_str(), *arm.timeout.get().unwrap()), ("arm64", 30));
    assert!(matches!(&arm.code.found, Lookup::NotJudged(why) if why.to_string() == "inline code"));
}

#[test]
fn events_on_implicit_and_named_apis() {
    let facts = facts(
        "Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: { Type: Api, Properties: { Path: /a, Method: get } }
        B: { Type: HttpApi }
        C: { Type: HttpApi, Properties: { ApiId: !Ref Http, Path: /c, Method: '*' } }
        D: { Type: Schedule, Properties: { Schedule: rate(1 day) } }
  Http: { Type: AWS::Serverless::HttpApi }
",
    );
    let routes: Vec<_> = facts.routes.iter().map(|r| format!("{} {} {}", r.api, r.api_kind, r.title())).collect();
    assert_eq!(routes, ["ServerlessRestApi rest GET /a", "ServerlessHttpApi http ANY $default", "Http http ANY /c"]);
    assert!(facts.routes.iter().all(|r| r.permission_implied && r.target == Target::Function(Id::new(0))));
}

const FUNCTIONS: &str = "Resources:
  Fn: { Type: AWS::Lambda::Function, Properties: { FunctionName: !Sub '${AWS::StackName}-fn' } }
  Named: { Type: AWS::Lambda::Function, Properties: { FunctionName: named } }
  Alias: { Type: AWS::Lambda::Alias, Properties: { FunctionName: !GetAtt Fn.Arn, Name: live } }
  Nested: { Type: AWS::CloudFormation::Stack }
  Flow: { Type: AWS::StepFunctions::StateMachine }
  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { ProtocolType: HTTP } }
  Route: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Api, RouteKey: GET /x, Target: !Sub 'integrations/${I}' } }
  I: { Type: AWS::ApiGatewayV2::Integration, Properties: { IntegrationType: AWS_PROXY, IntegrationUri: URI } }
Parameters: { P: { Type: String } }
Conditions: { C: !Equals [!Ref P, x] }
";

fn target(uri: &str) -> Target {
    facts(&FUNCTIONS.replace("URI", uri)).routes[0].target.clone()
}

#[test]
fn targets_of_integrations() {
    let gateway = |function: &str| {
        format!("!Sub 'arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{function}/invocations'")
    };
    let arn =
        |name: &str| format!("arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{name}");
    let (function, named) = (Target::Function(Id::new(0)), Target::Function(Id::new(1)));
    for (uri, expected) in [
        ("!GetAtt Fn.Arn".to_owned(), &function),
        ("!Ref Alias".to_owned(), &function),
        (gateway("${Fn.Arn}"), &function),
        (gateway("${Fn.Arn}:live"), &function),
        (gateway("${Alias}"), &function),
        (gateway(&arn("${Fn}")), &function),
        (gateway(&arn("${AWS::StackName}-fn")), &function),
        (gateway(&arn("named")), &named),
        (gateway(&arn("named:prod")), &named),
        ("!If [C, !GetAtt Fn.Arn, !GetAtt Fn.Arn]".to_owned(), &function),
        ("!Join ['', ['arn:aws:apigateway:', !Ref AWS::Region, ':lambda:path/2015-03-31/functions/', !GetAtt Fn.Arn, /invocations]]".to_owned(), &function),
        (gateway("${Missing.Arn}"), &Target::Undefined { name: "Missing".into() }),
        ("!GetAtt Missing.Arn".to_owned(), &Target::Undefined { name: "Missing".into() }),
        ("!Ref Flow".to_owned(), &Target::Resource { id: "Flow".into(), kind: "AWS::StepFunctions::StateMachine".into() }),
        (gateway(&arn("theirs")), &Target::External { name: "theirs".into(), has_account: false }),
        (
            "arn:aws:lambda:eu-west-1:123456789012:function:theirs".to_owned(),
            &Target::External { name: "theirs".into(), has_account: true },
        ),
        ("https://example.org/".to_owned(), &Target::NotAFunction),
        ("!Sub 'arn:aws:apigateway:${AWS::Region}:sqs:path/1/x'".to_owned(), &Target::NotAFunction),
    ] {
        assert_eq!(target(&uri), *expected, "{uri}");
    }
}

#[test]
fn targets_that_cannot_be_decided() {
    for uri in [
        "!Ref P",
        "!GetAtt Nested.Outputs.Arn",
        "!ImportValue x",
        "!If [C, !GetAtt Fn.Arn, !GetAtt Named.Arn]",
        "!Sub 'arn:aws:apigateway:x:lambda:path/2015-03-31/functions/arn:aws:lambda:x:y:function:${!stageVariables.f}/invocations'",
        "!Sub 'arn:aws:lambda:x:y:function:${P}-fn'",
        "'arn:aws:apigateway:x:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations'",
    ] {
        assert!(matches!(target(uri), Target::Unknown(_)), "{uri}: {:?}", target(uri));
    }
}

#[test]
fn rest_methods_have_the_path_of_their_resources() {
    let facts = facts(
        "Resources:
  Api: { Type: AWS::ApiGateway::RestApi }
  Users: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: users } }
  User: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !Ref Users, PathPart: '{id}' } }
  Loop: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !Ref Loop, PathPart: x } }
  Get: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !Ref User, HttpMethod: get, Integration: { Type: MOCK } } }
  Top: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: ANY, Integration: { Type: AWS, Uri: !Ref X, Credentials: x } } }
  Round: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !ImportValue a, ResourceId: !Ref Loop, HttpMethod: GET } }
",
    );
    let shown: Vec<_> = facts.routes.iter().map(|r| format!("{}: {}", r.api, r.title())).collect();
    assert_eq!(shown, ["Api: GET /users/{id}", "Api: ANY /", ": GET ?"]);
    assert!(facts.routes[1].has_credentials && !facts.routes[0].has_credentials);
}

#[test]
fn sources_of_permissions() {
    let source = |arn: &str| {
        let text = format!(
            "Resources:\n  Api: {{ Type: AWS::ApiGateway::RestApi }}\n  Bucket: {{ Type: AWS::S3::Bucket }}\n  P:\n    Type: \
             AWS::Lambda::Permission\n    Properties: {{ FunctionName: x, Principal: y, SourceArn: {arn} }}\n"
        );
        facts(&text).permissions[0].source_api.content.clone()
    };
    let arn = |api: &str| format!("!Sub 'arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{api}/*/GET/x'");
    assert_eq!(source(&arn("${Api}")), Content::Known("Api".into()));
    assert_eq!(source(&arn("*")), Content::Absent);
    assert!(matches!(source(&arn("a1b2c3")), Content::Unknown(_)));
    assert_eq!(source("!GetAtt Bucket.Arn"), Content::Absent);
    assert_eq!(
        source("!Join ['', ['arn:aws:execute-api:', !Ref AWS::Region, ':', !Ref AWS::AccountId, ':', !Ref Api, '/*']]"),
        Content::Known("Api".into())
    );
    assert_eq!(source("!Sub '${Bucket.Arn}/*'"), Content::Absent);
}

#[test]
fn routes_of_sam_websocket_apis() {
    let facts = facts(
        "Transform: AWS::Serverless-2016-10-31
Resources:
  Fn: { Type: AWS::Serverless::Function }
  Socket:
    Type: AWS::Serverless::WebSocketApi
    Properties: { Routes: { $connect: { FunctionArn: !GetAtt Fn.Arn } } }
",
    );
    let route = &facts.routes[0];
    assert_eq!((route.title().as_str(), route.permission_implied), ("$connect", true));
    assert_eq!(route.target, Target::Function(Id::new(0)));
}

#[test]
fn routes_of_a_local_definition() {
    let api = "{\"swagger\": \"2.0\", \"paths\": {\"/x\": {\"x-amazon-apigateway-any-method\": {\"x-amazon-apigateway-integration\": \
               {\"type\": \"http_proxy\", \"uri\": \"https://example.org\"}}, \"parameters\": []}}}";
    let facts = facts_of(&[
        (
            "template.yaml",
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api: { Type: AWS::Serverless::Api, Properties: { DefinitionUri: ./api.json } }\n",
        ),
        ("api.json", api),
    ]);
    assert_eq!(facts.routes[0].title(), "ANY /x");
    assert_eq!(facts.routes[0].target, Target::NotAFunction);
    assert_eq!(facts.routes[0].place.origin.source.path(), &TreePath::from("api.json"));
}

#[test]
fn an_undefined_target_is_linked_to_its_route() {
    let facts = facts(&FUNCTIONS.replace("URI", "!GetAtt [Missing, Arn]"));
    let reference = facts.references.iter().find(|reference| !reference.defined).unwrap();
    assert_eq!((reference.target.as_str(), reference.route), ("Missing", Some(Id::new(0))));
}
