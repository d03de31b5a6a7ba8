//! The systems that runtimes stand on: how new their C library is, which libraries they bring.

/// A system of AWS Lambda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Amazon Linux 2.
    AmazonLinux2,
    /// Amazon Linux 2023.
    AmazonLinux2023,
}

impl System {
    /// The system of a runtime identifier; `None` for one that is not known.
    ///
    /// Source: docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, 2026-08.
    pub fn of(runtime: &str) -> Option<Self> {
        let since = |number: &str, first: u32| {
            let number: u32 = number.parse().ok()?;
            Some(if number >= first { Self::AmazonLinux2023 } else { Self::AmazonLinux2 })
        };
        match runtime.strip_prefix("nodejs").and_then(|rest| rest.strip_suffix(".x")) {
            Some(major) => since(major, 20),
            None => since(runtime.strip_prefix("python3.")?, 12),
        }
    }

    /// Version of the C library.
    ///
    /// Source: packages glibc of amazonlinux:2 (2.26) and amazonlinux:2023 (2.34), 2026-08.
    pub fn glibc(self) -> (u32, u32) {
        match self {
            Self::AmazonLinux2 => (2, 26),
            Self::AmazonLinux2023 => (2, 34),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::AmazonLinux2 => "Amazon Linux 2",
            Self::AmazonLinux2023 => "Amazon Linux 2023",
        }
    }
}

/// Libraries of the C and C++ runtimes and of the base image, up to `.so`.
///
/// Source: packages glibc, libgcc, libstdc++, zlib and openssl of amazonlinux:2 and amazonlinux:2023, 2026-08. That
/// others are missing is not promised by anybody.
const BASE: [&str; 21] = [
    "ld-linux-aarch64",
    "ld-linux-x86-64",
    "libanl",
    "libc",
    "libcrypt",
    "libcrypto",
    "libdl",
    "libexpat",
    "libgcc_s",
    "libm",
    "libmvec",
    "libnsl",
    "libnss_dns",
    "libpthread",
    "libresolv",
    "librt",
    "libssl",
    "libstdc++",
    "libthread_db",
    "libutil",
    "libz",
];

/// True for libraries that the system brings.
pub fn brings(library: &str) -> bool {
    let stem = library.split(".so").next().unwrap_or(library);
    BASE.contains(&stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_stand_on_systems() {
        assert_eq!(System::of("nodejs18.x"), Some(System::AmazonLinux2));
        assert_eq!(System::of("nodejs22.x"), Some(System::AmazonLinux2023));
        assert_eq!(System::of("python3.11"), Some(System::AmazonLinux2));
        assert_eq!(System::of("python3.12"), Some(System::AmazonLinux2023));
        assert_eq!(System::of("ruby3.3"), None);
        assert!(brings("libstdc++.so.6") && brings("libc.so.6") && !brings("libvips-cpp.so.42"));
    }
}
