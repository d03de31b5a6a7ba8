//! Planning over small trees.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::extract::{Wanted, extract};
use crate::scope::environment_of;
use crate::text::Needles;

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: cart}\nspec: {selector: {app: cart}}\n";
const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cart}\n\
                          spec: {template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: a}]}}}\n";
const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cart}\n";

fn tree(files: &[(&str, &str)]) -> Extracts {
    let wanted = Wanted { needles: Needles::standard(), selections: Vec::new(), cap: 1 << 20 };
    files
        .iter()
        .filter_map(|(path, text)| {
            Some((TreePath::from(*path), Arc::new(extract(&(*path).into(), text.as_bytes(), &wanted)?)))
        })
        .collect()
}

/// Address, environment, reason for being open, files.
fn planned(files: &[(&str, &str)]) -> Vec<String> {
    let extracts = tree(files);
    let planning =
        Planning { extracts: &extracts, unread: &BTreeMap::new(), declared: &[], environment: &environment_of };
    plan(&planning).iter().map(shown).collect()
}

fn shown(set: &ReleaseSet) -> String {
    let files: Vec<String> = set.files.iter().map(TreePath::to_string).collect();
    let environment = set.environment.as_ref().map_or(String::new(), |(environment, _)| format!(" {environment}"));
    let open = set.open.as_ref().map_or(String::new(), |why| format!(" open: {why}"));
    format!("{}{environment}{open} = {}", set.path(), files.join(" "))
}

#[test]
fn folders_that_hold_a_part_are_merged_upward() {
    let files = [
        ("k8s/config/cart.yaml", CONFIG),
        ("k8s/deployments/cart.yaml", DEPLOYMENT),
        ("k8s/services/cart.yaml", SERVICE),
    ];
    assert_eq!(planned(&files), ["k8s:k8s = k8s/config/cart.yaml k8s/deployments/cart.yaml k8s/services/cart.yaml"]);
}

#[test]
fn a_folder_with_service_and_workload_is_whole() {
    let files = [("a/d.yaml", DEPLOYMENT), ("a/s.yaml", SERVICE), ("b/d.yaml", DEPLOYMENT), ("b/s.yaml", SERVICE)];
    assert_eq!(planned(&files), ["k8s:a = a/d.yaml a/s.yaml", "k8s:b = b/d.yaml b/s.yaml"]);
}

#[test]
fn what_meets_no_pair_stays_in_its_folder() {
    let files = [("a/x.yaml", DEPLOYMENT), ("b/y.yaml", CONFIG)];
    assert_eq!(planned(&files), ["k8s:a = a/x.yaml", "k8s:b = b/y.yaml"]);
}

#[test]
fn copies_for_environments_each_join_the_rest() {
    let files = [
        ("k8s/dev/config.yaml", CONFIG),
        ("k8s/prod/config.yaml", CONFIG),
        ("k8s/cart.yaml", DEPLOYMENT),
        ("k8s/service.yaml", SERVICE),
    ];
    assert_eq!(
        planned(&files),
        [
            "k8s:k8s[prod/config.yaml] prod = k8s/cart.yaml k8s/prod/config.yaml k8s/service.yaml",
            "k8s:k8s[dev/config.yaml] dev = k8s/cart.yaml k8s/dev/config.yaml k8s/service.yaml",
        ]
    );
}

#[test]
fn of_other_copies_one_stands_for_the_rest() {
    let controller = DEPLOYMENT.replace("kind: Deployment", "kind: ReplicaSet");
    let files = [("web/cart.yaml", DEPLOYMENT), ("web/legacy/cart.yaml", &controller), ("web/service.yaml", SERVICE)];
    assert_eq!(
        planned(&files),
        [
            "k8s:web = web/cart.yaml web/service.yaml",
            "k8s:web[legacy/cart.yaml] open: copies of the same objects = web/legacy/cart.yaml",
        ]
    );
}

#[test]
fn a_kustomization_says_what_is_complete() {
    let files = [
        ("base/kustomization.yaml", "resources: [cart.yaml]\n"),
        ("base/cart.yaml", DEPLOYMENT),
        ("base/extra.yaml", SERVICE),
        ("overlay/kustomization.yaml", "resources: [../base]\npatches: [{path: p.yaml}]\n"),
        ("overlay/p.yaml", DEPLOYMENT),
        ("overlay/unused.yaml", DEPLOYMENT),
        ("part/kustomization.yaml", "kind: Component\nresources: [mesh.yaml]\n"),
        ("part/mesh.yaml", SERVICE),
    ];
    assert_eq!(
        planned(&files),
        ["k8s:base open: kustomization not rendered = \
          base/cart.yaml base/extra.yaml base/kustomization.yaml overlay/kustomization.yaml"]
    );
    let extracts = tree(&files);
    let parts = parts_of_rendered(&extracts);
    let reasons: Vec<(String, &str)> = parts.iter().map(|(path, reason)| (path.to_string(), *reason)).collect();
    assert_eq!(
        reasons,
        [
            ("overlay/p.yaml".to_owned(), "kustomization patch"),
            ("overlay/unused.yaml".to_owned(), "kustomization overlay"),
            ("part/mesh.yaml".to_owned(), "kustomization component"),
        ]
    );
}

#[test]
fn templates_of_charts_are_no_manifests() {
    let files = [
        ("shop/Chart.yaml", "name: shop\n"),
        ("shop/templates/cart.yaml", DEPLOYMENT),
        ("shop/templates/tests/t.yaml", SERVICE),
    ];
    assert_eq!(planned(&files), Vec::<String>::new());
}

#[test]
fn operators_and_unreadable_neighbours_leave_a_set_open() {
    let cluster = "apiVersion: acid.zalan.do/v1\nkind: postgresql\nmetadata: {name: db}\n";
    let files = [("a/d.yaml", DEPLOYMENT), ("a/db.yaml", cluster), ("b/d.yaml", DEPLOYMENT), ("b/x.yaml", "a: [\n")];
    assert_eq!(
        planned(&files),
        [
            "k8s:a open: custom resource of an operator = a/d.yaml a/db.yaml",
            "k8s:b open: a file beside the manifests is not read = b/d.yaml",
        ]
    );
}

#[test]
fn declared_sets_come_first() {
    let files = [("a/d.yaml", DEPLOYMENT), ("a/s.yaml", SERVICE), ("b/c.yaml", CONFIG)];
    let extracts = tree(&files);
    let declared = vec![("shop-prod".to_owned(), vec!["a/d.yaml".into(), "b/c.yaml".into()])];
    let planning =
        Planning { extracts: &extracts, unread: &BTreeMap::new(), declared: &declared, environment: &environment_of };
    let sets: Vec<String> = plan(&planning).iter().map(shown).collect();
    assert_eq!(sets, ["k8s:.[shop-prod] prod = a/d.yaml b/c.yaml", "k8s:a = a/s.yaml"]);
}
