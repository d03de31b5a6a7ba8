//! How npm packages bring compiled code for many platforms: packages for one platform each, and folders of prebuilt
//! files.
//!
//! Source: README of github.com/prebuild/node-gyp-build and github.com/napi-rs/napi-rs, 2026-08.

use std::collections::BTreeMap;

/// Words for operating systems in names of packages.
const SYSTEMS: [&str; 12] = [
    "aix",
    "android",
    "darwin",
    "freebsd",
    "linux",
    "linuxmusl",
    "netbsd",
    "openbsd",
    "openharmony",
    "sunos",
    "win32",
    "windows",
];
/// Fewest packages, and fewest systems among them, that make a family.
const FAMILY: (usize, usize) = (3, 2);
/// Most families of one package that are looked for.
const FAMILIES: usize = 16;
/// Versions of the ABI by major version of Node.js.
///
/// Source: github.com/nodejs/node/blob/main/doc/abi_version_registry.json (commit 01b68934e), 2026-11.
const ABI: [(u32, &str); 7] = [(12, "72"), (14, "83"), (16, "93"), (18, "108"), (20, "115"), (22, "127"), (24, "137")];

/// The package that `node-gyp-build-optional-packages` takes a prebuilt file from: `@lmdb/lmdb-linux-x64` for `lmdb`.
///
/// Source: `load.path` in its index.js, 5.2.
pub fn platform_package(name: &str, arch: &str) -> String {
    let scope = if name.starts_with('@') { String::new() } else { format!("@{name}/") };
    format!("{scope}{name}-linux-{arch}")
}

/// The platform for which Prisma's query engine must be built, as `binaryTargets` names it.
///
/// Source: prisma.io/docs/orm/reference/prisma-schema-reference#binarytargets-options, "Linux (RHEL)" and "Linux ARM64",
/// 2026-11: Amazon Linux 2023 (from nodejs20.x on) has OpenSSL 3.0, Amazon Linux 2 has 1.0.2.
pub fn query_engine(major: u32, arch: &str) -> String {
    let system = if arch == "arm64" { "linux-arm64" } else { "rhel" };
    let openssl = if major >= 20 { "3.0.x" } else { "1.0.x" };
    format!("{system}-openssl-{openssl}")
}

/// Packages that hold the same compiled code, each for one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// What their names begin with, up to the system.
    prefix: String,
    /// The rest of each name, taken apart.
    members: Vec<Vec<String>>,
}

impl Family {
    /// What the names of its packages begin with: `@img/sharp-`, `@esbuild/`.
    pub fn prefix(&self) -> String {
        self.prefix.clone()
    }

    /// Its packages for Linux with the GNU C library on this processor (`x64`, `arm64`).
    pub fn wanted(&self, arch: &str) -> Vec<String> {
        let fits = |parts: &&Vec<String>| {
            let mut parts = parts.iter().map(String::as_str);
            parts.next() == Some("linux") && parts.next() == Some(arch) && parts.all(|part| part == "gnu")
        };
        self.members.iter().filter(fits).map(|parts| format!("{}{}", self.prefix, parts.join("-"))).collect()
    }
}

/// The families among names of packages. Of families whose names begin alike the shortest is the one that is loaded by
/// name; the others are its libraries.
pub fn families(names: &[String]) -> Vec<Family> {
    let mut members: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for name in names {
        let base = name.rfind('/').map_or(0, |at| at + 1);
        let parts: Vec<String> = name[base..].split('-').map(str::to_owned).collect();
        let Some(at) = parts.iter().position(|part| SYSTEMS.contains(&part.as_str())) else { continue };
        let own = parts[..at].iter().map(|part| format!("{part}-")).collect::<String>();
        members.entry(format!("{}{own}", &name[..base])).or_default().push(parts[at..].to_vec());
    }
    let is_family = |members: &Vec<Vec<String>>| {
        let mut systems: Vec<&String> = members.iter().filter_map(|parts| parts.first()).collect();
        systems.sort();
        systems.dedup();
        members.len() >= FAMILY.0 && systems.len() >= FAMILY.1
    };
    let mut out: Vec<Family> = Vec::new();
    for (prefix, members) in members.into_iter().filter(|(_, members)| is_family(members)) {
        // Sorted, names that begin alike stand together, the shortest first.
        if !out.last().is_some_and(|shorter| prefix.starts_with(&shorter.prefix)) {
            out.push(Family { prefix, members });
        }
    }
    out.truncate(FAMILIES);
    out
}

/// Whether a prebuilt file fits a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It does.
    Fits,
    /// It does not.
    Misfit,
    /// Its name says something that is not understood.
    Unknown,
}

/// Whether a folder below `prebuilds` is for Linux on this processor: `linux-x64`, `linux-x64+arm64`.
pub fn fits_folder(name: &str, arch: &str) -> bool {
    name.split_once('-').is_some_and(|(system, archs)| system == "linux" && archs.split('+').any(|own| own == arch))
}

/// Whether a prebuilt file fits, by the tags in its name: `bcrypt.glibc.node`, `node.napi.node`, `node.abi115.node`.
pub fn fit_of_prebuild(name: &str, major: u32) -> Fit {
    let mut fit = Fit::Fits;
    for tag in name.trim_end_matches(".node").split('.').skip_while(|tag| !is_tag(tag)) {
        match tag {
            "glibc" | "napi" | "node" | "uv1" => {}
            "musl" | "electron" | "node-webkit" => return Fit::Misfit,
            _ => match tag.strip_prefix("abi") {
                Some(abi) if ABI.iter().any(|(own, _)| *own == major) => {
                    if !ABI.contains(&(major, abi)) {
                        return Fit::Misfit;
                    }
                }
                _ => fit = Fit::Unknown,
            },
        }
    }
    fit
}

fn is_tag(tag: &str) -> bool {
    matches!(tag, "glibc" | "musl" | "napi" | "electron" | "node-webkit")
        || tag.starts_with("abi")
        || tag.starts_with("uv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_for_platforms_are_families() {
        let names = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_string()).collect() };
        let sharp = families(&names(&[
            "@img/sharp-darwin-arm64",
            "@img/sharp-libvips-darwin-arm64",
            "@img/sharp-libvips-linux-x64",
            "@img/sharp-libvips-linuxmusl-x64",
            "@img/sharp-linux-x64",
            "@img/sharp-linuxmusl-x64",
            "@img/sharp-wasm32",
            "fsevents",
        ]));
        assert_eq!(sharp.iter().map(Family::prefix).collect::<Vec<_>>(), ["@img/sharp-"]);
        assert_eq!(sharp[0].wanted("x64"), ["@img/sharp-linux-x64"]);
        assert!(sharp[0].wanted("arm64").is_empty());
        let swc = families(&names(&["@swc/core-darwin-x64", "@swc/core-linux-x64-gnu", "@swc/core-linux-x64-musl"]));
        assert_eq!(swc[0].wanted("x64"), ["@swc/core-linux-x64-gnu"]);
        assert!(families(&names(&["a-linux-x64", "b-darwin-x64", "c-win32-x64"])).is_empty());
        let esbuild = families(&names(&["@esbuild/linux-x64", "@esbuild/darwin-x64", "@esbuild/win32-x64"]));
        assert_eq!(esbuild[0].prefix(), "@esbuild/");
    }

    #[test]
    fn prebuilt_packages_bear_the_name_of_theirs() {
        assert_eq!(platform_package("lmdb", "x64"), "@lmdb/lmdb-linux-x64");
        assert_eq!(platform_package("@parcel/watcher", "arm64"), "@parcel/watcher-linux-arm64");
    }

    #[test]
    fn query_engines_follow_the_system_of_the_runtime() {
        assert_eq!(query_engine(20, "x64"), "rhel-openssl-3.0.x");
        assert_eq!(query_engine(18, "x64"), "rhel-openssl-1.0.x");
        assert_eq!(query_engine(22, "arm64"), "linux-arm64-openssl-3.0.x");
    }

    #[test]
    fn prebuilt_files_fit_by_their_tags() {
        assert!(fits_folder("linux-x64", "x64") && fits_folder("linux-x64+arm64", "arm64"));
        assert!(!fits_folder("darwin-x64", "x64") && !fits_folder("linux-arm64", "x64"));
        for (name, fit) in [
            ("bcrypt.node", Fit::Fits),
            ("bcrypt.glibc.node", Fit::Fits),
            ("bcrypt.musl.node", Fit::Misfit),
            ("node.napi.node", Fit::Fits),
            ("x.abi115.node", Fit::Fits),
            ("x.abi93.node", Fit::Misfit),
            ("electron.napi.node", Fit::Misfit),
            ("x.napi.armv8.node", Fit::Unknown),
        ] {
            assert_eq!(fit_of_prebuild(name, 20), fit, "{name}");
        }
    }
}
