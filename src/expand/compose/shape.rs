//! Which shape a key of a compose file has, and so how it merges (compose-spec, 13-merge).

/// Where in a compose file a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The whole file.
    Root,
    /// `services`.
    Services,
    /// One service.
    Service,
    /// A mapping that may also be written as a list of `KEY=value` (or `KEY:value`).
    KeyValues(&'static [char]),
    /// A mapping that may also be written as a list of names.
    Names,
    /// A list that may also be written as one scalar.
    List,
    /// `ports`: a list, items unique.
    Ports,
    /// `volumes` of a service: a list, items unique by their target.
    Volumes,
    /// `build`: a mapping that may also be written as its context alone.
    Build,
    /// `deploy`.
    Deploy,
    /// `healthcheck`.
    Healthcheck,
    /// A later file replaces it.
    Replaced,
    /// Mappings merge, lists append, scalars are replaced.
    Other,
}

impl Shape {
    /// The shape of a key below this one.
    pub(super) fn child(self, key: &str) -> Self {
        match (self, key) {
            (Self::Root, "services") => Self::Services,
            (Self::Services, _) => Self::Service,
            (Self::Service, "environment" | "labels" | "annotations" | "sysctls")
            | (Self::Build, "args" | "labels")
            | (Self::Deploy, "labels") => Self::KeyValues(&['=']),
            (Self::Service | Self::Build, "extra_hosts") => Self::KeyValues(&['=', ':']),
            (Self::Service, "ports") => Self::Ports,
            (Self::Service, "volumes") => Self::Volumes,
            (Self::Service, "command" | "entrypoint") | (Self::Healthcheck, "test") => Self::Replaced,
            (Self::Service, "depends_on" | "networks") => Self::Names,
            (Self::Service, "build") => Self::Build,
            (Self::Service, "deploy") => Self::Deploy,
            (Self::Service, "healthcheck") => Self::Healthcheck,
            (Self::Service, "env_file" | "label_file" | "dns" | "dns_search" | "tmpfs") => Self::List,
            _ => Self::Other,
        }
    }
}
