//! Typed facts: what the applied documents say, without any format. Rules speak of nothing else.
//!
//! One file per subject. [`fact!`] declares the struct and, from the same lines, the fields that a
//! rule can ask about and their meaning, so the list that users read cannot drift.

#[macro_use]
mod declare;

mod artifact;
mod config_object;
mod container;
mod credential;
mod dependency;
mod document;
mod endpoint;
mod environment_variable;
mod field;
mod function;
mod load_fault;
mod lookup;
mod module_import;
mod mount;
mod package;
mod package_fault;
mod permission;
mod probe;
mod reference;
mod release;
mod release_set;
mod route;
mod runtime_lifecycle;
mod service;
mod setting;
mod text_hit;
mod undeclared_import;
mod workload;

pub use artifact::Artifact;
pub use config_object::{ConfigObject, ConfigReference};
pub use container::{Container, ContainerPort};
pub use credential::{Credential, SecretText};
pub use declare::{Fact, FieldInfo, Id, Offsets, Place, SetId};
pub use dependency::Dependency;
pub use document::{AskedBy, FILE_KINDS, Match};
pub use endpoint::Endpoint;
pub use environment_variable::EnvironmentVariable;
pub use field::{AsField, Field};
pub use function::Function;
pub use load_fault::LoadFault;
pub use lookup::{Lookup, PathUse};
pub use module_import::ModuleImport;
pub use mount::Mount;
pub use package::Package;
pub use package_fault::PackageFault;
pub use permission::Permission;
pub use probe::{PortReference, Probe};
pub use reference::Reference;
pub use release::Release;
pub use release_set::{Environment, ReleaseSet};
pub use route::{Route, Target};
pub use runtime_lifecycle::RuntimeLifecycle;
pub use service::{Service, ServicePort};
pub use setting::Setting;
pub use text_hit::TextHit;
pub use undeclared_import::UndeclaredImport;
pub use workload::Workload;

all_facts! {
    artifacts: Artifact,
    config_objects: ConfigObject,
    config_references: ConfigReference,
    containers: Container,
    container_ports: ContainerPort,
    credentials: Credential,
    dependencies: Dependency,
    endpoints: Endpoint,
    environment_variables: EnvironmentVariable,
    functions: Function,
    load_faults: LoadFault,
    matches: Match,
    mounts: Mount,
    module_imports: ModuleImport,
    packages: Package,
    package_faults: PackageFault,
    permissions: Permission,
    probes: Probe,
    references: Reference,
    releases: Release,
    routes: Route,
    runtime_lifecycles: RuntimeLifecycle,
    services: Service,
    service_ports: ServicePort,
    settings: Setting,
    text_hits: TextHit,
    undeclared_imports: UndeclaredImport,
    workloads: Workload,
}
