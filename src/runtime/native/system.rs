//! The systems that runtimes stand on: how new their C library is, which libraries they bring.

/// A system of AWS Lambda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Amazon Linux 2.
    AmazonLinux2,
    /// Amazon Linux 2023.
    AmazonLinux2023,
}

/// Runtimes by what stands before and behind a number, with the first number on Amazon Linux 2 and the first on
/// Amazon Linux 2023. What is older stood on the Amazon Linux of 2018.
///
/// Source: docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, 2026-08.
const RUNTIMES: [(&str, &str, u32, u32); 8] = [
    ("nodejs", ".x", 10, 20),
    ("python3.", "", 8, 12),
    ("java", "", 11, 21),
    ("dotnet", "", 6, 8),
    ("ruby2.", "", 7, u32::MAX),
    ("ruby3.", "", 2, 3),
    ("ruby4.", "", 0, 0),
    ("provided.al", "", 2, 2023),
];

impl System {
    /// The system of a runtime identifier; `None` for one that is not known.
    pub fn of(runtime: &str) -> Option<Self> {
        RUNTIMES.iter().find_map(|(before, behind, first, first_on_2023)| {
            let number: u32 = runtime.strip_prefix(before)?.strip_suffix(behind)?.parse().ok()?;
            match number {
                number if number >= *first_on_2023 => Some(Self::AmazonLinux2023),
                number if number >= *first => Some(Self::AmazonLinux2),
                _ => None,
            }
        })
    }

    /// Version of the C library.
    ///
    /// Source: packages glibc of amazonlinux:2 (2.26) and amazonlinux:2023 (2.34); `ldd --version` in the image
    /// lambda/provided:al2023 (aws/aws-lambda-builders, pull request 752), 2026-11.
    pub fn glibc(self) -> (u32, u32) {
        match self {
            Self::AmazonLinux2 => (2, 26),
            Self::AmazonLinux2023 => (2, 34),
        }
    }

    /// Versions of the C++ library, as the number behind `GLIBCXX_3.4.`: the newest that it always had, and the newest
    /// that any image of it has.
    ///
    /// Source: libstdc++.so.6.0.24 of Amazon Linux 2 (aws/aws-lambda-base-images, issue 87; gcc.gnu.org, "ABI Policy and
    /// Guidelines"); Amazon Linux 2023 began with gcc 11 (29) and has the libraries of gcc 14 (33) since 2025-04
    /// (amazonlinux/container-images, issue 132), which images of runtimes take up later; 2026-11.
    pub fn libstdcxx(self) -> (u32, u32) {
        match self {
            Self::AmazonLinux2 => (24, 24),
            Self::AmazonLinux2023 => (29, 33),
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
/// Source: packages glibc, libgcc, libstdc++, zlib and expat ("Comparing packages installed on Amazon Linux 2023 Container
/// Images", docs.aws.amazon.com/linux/al2023/ug/al2023-container-image-types.html), 2026-08. That others are missing is
/// not promised by anybody.
const BASE: [&str; 18] = [
    "ld-linux-aarch64",
    "ld-linux-x86-64",
    "libanl",
    "libc",
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
    "libstdc++",
    "libthread_db",
    "libutil",
    "libz",
];

/// Libraries of the base image whose number is not the same on Amazon Linux 2 and on Amazon Linux 2023: OpenSSL 1.0.2
/// and 3, crypt of glibc and of libxcrypt ("Comparing AL2 and AL2023", docs.aws.amazon.com, 2026-11).
const BASE_BY_SYSTEM: [(&str, &str, &str); 3] =
    [("libcrypt", "1", "2"), ("libcrypto", "10", "3"), ("libssl", "10", "3")];

/// Whether a library comes with the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    /// It does.
    Yes,
    /// The system has this one of another number.
    Other(String),
    /// Nobody says that it does.
    Unknown,
}

/// Whether the system brings a library (`libz.so.1`); any system when it is not known.
pub fn brings(library: &str, system: Option<System>) -> Brought {
    let (stem, number) = library.split_once(".so").unwrap_or((library, ""));
    if BASE.contains(&stem) {
        return Brought::Yes;
    }
    let Some((_, on_2, on_2023)) = BASE_BY_SYSTEM.iter().find(|(own, ..)| *own == stem) else {
        return Brought::Unknown;
    };
    let number = number.trim_start_matches('.');
    let own = match system {
        Some(System::AmazonLinux2) => on_2,
        Some(System::AmazonLinux2023) => on_2023,
        None => return Brought::Yes,
    };
    if number.is_empty() || number == *own { Brought::Yes } else { Brought::Other(format!("{stem}.so.{own}")) }
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
        assert_eq!(System::of("ruby3.3"), Some(System::AmazonLinux2023));
        assert_eq!(System::of("provided.al2"), Some(System::AmazonLinux2));
        assert_eq!(System::of("provided.al2023"), Some(System::AmazonLinux2023));
        assert_eq!(System::of("python3.7"), None);
        assert_eq!(System::of("go1.x"), None);
        let brings = |library| brings(library, Some(System::AmazonLinux2023));
        assert_eq!(brings("libstdc++.so.6"), Brought::Yes);
        assert_eq!(brings("libssl.so.3"), Brought::Yes);
        assert_eq!(brings("libcrypt.so.1"), Brought::Other("libcrypt.so.2".into()));
        assert_eq!(brings("libvips-cpp.so.42"), Brought::Unknown);
    }
}
