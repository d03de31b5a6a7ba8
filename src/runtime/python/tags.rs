//! What compiled code was built for: file suffixes of extension modules and tags of wheels.
//!
//! Source: packaging.python.org/en/latest/specifications/platform-compatibility-tags, PEP 3149 and
//! PEP 600, 2026-08.

use super::version::PythonVersion;

/// A tag of a wheel: interpreter, ABI, platform; each may hold several, dots between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// `cp312`, `py3`, …
    pub python: String,
    /// `cp312`, `abi3`, `none`.
    pub abi: String,
    /// `manylinux2014_x86_64`, `any`, …
    pub platform: String,
}

impl Tag {
    /// Reads `cp312-cp312-manylinux2014_x86_64`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '-').map(str::to_owned);
        Some(Self { python: parts.next()?, abi: parts.next()?, platform: parts.next()? })
    }

    /// Why code with this tag does not run there; `None` when it does.
    pub fn misfit(&self, version: PythonVersion) -> Option<Misfit> {
        let any = |text: &str, test: &dyn Fn(&str) -> bool| text.split('.').any(test);
        let platform = |test: &dyn Fn(&str) -> bool| any(&self.platform, test);
        if platform(&|one| one == "any") {
            return None;
        }
        if platform(&|one| one.starts_with("macosx") || one.starts_with("win") || one.starts_with("ios")) {
            return Some(Misfit::Platform);
        }
        if !platform(&|one| one.starts_with("manylinux") || one.starts_with("linux")) {
            return platform(&|one| one.starts_with("musllinux")).then_some(Misfit::Musl);
        }
        if !platform(&|one| one.ends_with(version.machine())) {
            return Some(Misfit::Architecture);
        }
        let own = format!("cp3{}", version.minor);
        let minor = |tag: &str| tag.strip_prefix("cp3").and_then(|minor| minor.parse::<u8>().ok());
        let fits = any(&self.abi, &|abi| match abi {
            "none" => any(&self.python, &|python| python.starts_with("py") || python == own),
            "abi3" => any(&self.python, &|python| minor(python).is_some_and(|minor| minor <= version.minor)),
            exact => exact == own || exact.strip_suffix('m') == Some(&own),
        });
        (!fits).then_some(Misfit::Abi)
    }
}

/// The minor version of Python 3 that all extension modules among these file names are for, when they agree on one.
pub fn built_for<'n>(names: impl Iterator<Item = &'n str>) -> Option<u8> {
    let mut minors = names.filter_map(|name| name.split_once(".cpython-3")?.1.split('-').next()?.parse().ok());
    let first = minors.next()?;
    minors.all(|minor| minor == first).then_some(first)
}

/// In which way compiled code does not fit, worst obstacle first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It is for another operating system.
    Platform,
    /// It is for another version of CPython, or for another interpreter.
    Abi,
    /// It is for musl.
    Musl,
    /// It is for another processor.
    Architecture,
}

impl Misfit {
    /// The name of the rule that speaks of it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Platform => "native-wrong-platform",
            Self::Abi => "native-wrong-python-abi",
            Self::Musl => "native-musl",
            Self::Architecture => "native-wrong-architecture",
        }
    }

    /// Of an extension module that the import system passes over because of its suffix.
    pub fn of_file(name: &str, version: PythonVersion) -> Self {
        if name.contains("-darwin") || name.ends_with(".pyd") || name.contains("-win") {
            Self::Platform
        } else if !name.contains(&format!(".cpython-3{}-", version.minor)) {
            Self::Abi
        } else if name.contains("-musl") {
            Self::Musl
        } else {
            Self::Architecture
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_fit_or_say_why_not() {
        let version = PythonVersion::of("python3.11", None).unwrap();
        let misfit = |tag: &str| Tag::parse(tag).unwrap().misfit(version);
        for fitting in [
            "py3-none-any",
            "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
            "cp37-abi3-manylinux_2_28_x86_64",
            "py3-none-manylinux2014_x86_64",
            "cp311-none-linux_x86_64",
        ] {
            assert_eq!(misfit(fitting), None, "{fitting}");
        }
        assert_eq!(misfit("cp312-cp312-manylinux2014_x86_64"), Some(Misfit::Abi));
        assert_eq!(misfit("cp312-abi3-manylinux2014_x86_64"), Some(Misfit::Abi));
        assert_eq!(misfit("cp311-cp311-manylinux2014_aarch64"), Some(Misfit::Architecture));
        assert_eq!(misfit("cp311-cp311-musllinux_1_2_x86_64"), Some(Misfit::Musl));
        assert_eq!(misfit("cp311-cp311-macosx_11_0_arm64"), Some(Misfit::Platform));
        assert_eq!(misfit("cp311-cp311-win_amd64"), Some(Misfit::Platform));
    }

    #[test]
    fn modules_that_agree_tell_the_version() {
        let of = |names: &[&str]| built_for(names.iter().copied());
        let (old, new) = ("_a.cpython-311-x86_64-linux-gnu.so", "_a.cpython-313-x86_64-linux-gnu.so");
        assert_eq!(of(&["a.py", "_b.abi3.so", old, "_c.cpython-311-x86_64-linux-gnu.so"]), Some(11));
        assert_eq!(of(&[old, new]), None);
        assert_eq!(of(&["_a.pypy39-pp73-x86_64-linux-gnu.so", "x.cpython-3x-a.so"]), None);
    }

    #[test]
    fn suffixes_say_what_a_file_is_for() {
        let version = PythonVersion::of("python3.11", None).unwrap();
        for (name, misfit) in [
            ("_x.cpython-312-x86_64-linux-gnu.so", Misfit::Abi),
            ("_x.pypy39-pp73-x86_64-linux-gnu.so", Misfit::Abi),
            ("_x.cpython-311-aarch64-linux-gnu.so", Misfit::Architecture),
            ("_x.cpython-311-x86_64-linux-musl.so", Misfit::Musl),
            ("_x.cpython-311-darwin.so", Misfit::Platform),
            ("_x.cp311-win_amd64.pyd", Misfit::Platform),
        ] {
            assert_eq!(Misfit::of_file(name, version), misfit, "{name}");
        }
    }
}
