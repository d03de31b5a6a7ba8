//! What the runtimes bring beside the standard library, and names that differ between import and installation.

use super::distribution::normalised;

/// What the runtime brings beside the standard library: (top-level module, distribution).
///
/// Source: docs.aws.amazon.com/lambda/latest/dg/lambda-python.html ("Boto3 and its dependencies") with the
/// requirements of boto3 and botocore on PyPI; the interface client and what it requires
/// (github.com/aws/aws-lambda-python-runtime-interface-client, `requirements/base.txt`); 2026-08. Their `.dist-info`
/// folders are there too (github.com/aio-libs/aiobotocore/issues/833 lists them), so metadata is found.
pub(super) const PROVIDED: &[(&str, &str)] = &[
    ("awslambdaric", "awslambdaric"),
    ("boto3", "boto3"),
    ("botocore", "botocore"),
    ("dateutil", "python-dateutil"),
    ("jmespath", "jmespath"),
    ("s3transfer", "s3transfer"),
    ("six", "six"),
    ("urllib3", "urllib3"),
];

/// Modules that lie in the runtime, with the last minor version of Python, but that nobody promises.
///
/// Source: what CPython's `ensurepip` installs (pip always, setuptools up to 3.11: docs.python.org/3/whatsnew/3.12.html);
/// pip lies in the image (docs.aws.amazon.com/lambda/latest/dg/python-image.html, "pip-installed libraries"); functions
/// without `pkg_resources` in their package have failed all the same (github.com/aws/aws-xray-sdk-python/issues/16,
/// github.com/serverless/serverless/issues/4657). simplejson and snapshot_restore_py: requirements of the interface
/// client, which AWS may vendor. aws_durable_execution_sdk_python: samples of AWS leave it out of their requirements
/// (github.com/aws-samples/serverless-patterns, `lambda-durable-*`). 2026-08.
pub(super) const PERHAPS_PROVIDED: &[(&str, u8)] = &[
    ("_distutils_hack", 11),
    ("aws_durable_execution_sdk_python", 14),
    ("pip", 14),
    ("pkg_resources", 11),
    ("setuptools", 11),
    ("simplejson", 14),
    ("snapshot_restore_py", 14),
];

/// Distributions that others require although their code gets by without them: `pkg_resources` is asked where
/// `importlib.metadata` is not there, or by parts that build packages. An import of them that runs shows itself.
///
/// Source: pypi.org/project/jsonschema/3.2.0 (`Requires-Dist: setuptools`; it loads without), 2026-11.
const REQUIRED_FOR_LITTLE: &[&str] = &["setuptools"];

/// A requirement of this distribution (normalised), not fulfilled, says nothing.
pub fn is_required_for_little(distribution: &str) -> bool {
    REQUIRED_FOR_LITTLE.contains(&distribution)
}

/// Import name → distribution, where they differ. Only a hint: what is installed says it itself in RECORD.
///
/// Source: PyPI, 2026-08.
const PACKAGES: &[(&str, &str)] = &[
    ("Crypto", "pycryptodome"),
    ("MySQLdb", "mysqlclient"),
    ("OpenSSL", "pyOpenSSL"),
    ("PIL", "Pillow"),
    ("_cffi_backend", "cffi"),
    ("aws_lambda_powertools", "aws-lambda-powertools"),
    ("aws_xray_sdk", "aws-xray-sdk"),
    ("bs4", "beautifulsoup4"),
    ("bson", "pymongo"),
    ("cv2", "opencv-python-headless"),
    ("dateutil", "python-dateutil"),
    ("dns", "dnspython"),
    ("docx", "python-docx"),
    ("dotenv", "python-dotenv"),
    ("fitz", "PyMuPDF"),
    ("github", "PyGithub"),
    ("jose", "python-jose"),
    ("jwt", "PyJWT"),
    ("magic", "python-magic"),
    ("multipart", "python-multipart"),
    ("nacl", "PyNaCl"),
    ("pkg_resources", "setuptools"),
    ("psycopg2", "psycopg2-binary"),
    ("serial", "pyserial"),
    ("skimage", "scikit-image"),
    ("sklearn", "scikit-learn"),
    ("slugify", "python-slugify"),
    ("yaml", "PyYAML"),
    ("zmq", "pyzmq"),
];

/// The distribution to install for an import.
pub fn package_for(module: &str) -> &str {
    PACKAGES.iter().find(|(own, _)| *own == module).map_or(module, |(_, name)| name)
}

/// Other distributions that bring a module, by the name of the module: forks, builds for other purposes, parts of
/// namespace packages (all that begin so where the name ends in `*`). Source: PyPI, 2026-08.
const OTHERS: &[(&str, &[&str])] = &[
    ("Crypto", &["pycrypto", "pycryptodomex"]),
    ("Levenshtein", &["python-levenshtein", "levenshtein"]),
    ("PIL", &["pillow-simd"]),
    ("attr", &["attrs"]),
    ("aurora_dsql_psycopg2", &["aurora-dsql-*"]),
    ("aws_cdk", &["aws-cdk*"]),
    ("azure", &["azure-*"]),
    ("cassandra", &["cassandra-driver"]),
    ("cv2", &["opencv-*"]),
    ("discord", &["discord-py"]),
    ("elasticsearch", &["elasticsearch*"]),
    ("faiss", &["faiss-*"]),
    ("flask_lambda", &["flask-lambda*"]),
    ("git", &["gitpython"]),
    ("google", &["google-*", "googleapis-*", "grpc*", "protobuf", "firebase-admin"]),
    ("grpc", &["grpcio*"]),
    ("kafka", &["kafka-python*"]),
    ("ldap", &["python-ldap"]),
    ("magic", &["python-magic*", "file-magic"]),
    ("mysql", &["mysql-connector*"]),
    ("neo4j", &["neo4j*"]),
    ("opentelemetry", &["opentelemetry-*", "aws-opentelemetry-*"]),
    ("osgeo", &["gdal"]),
    ("pptx", &["python-pptx"]),
    ("psycopg2", &["psycopg2*", "aws-psycopg2"]),
    ("pythonjsonlogger", &["python-json-logger"]),
    ("ruamel", &["ruamel-*"]),
    ("slack", &["slackclient", "slack-sdk"]),
    ("snowflake", &["snowflake-*"]),
    ("socketio", &["python-socketio"]),
    ("telegram", &["python-telegram-bot"]),
    ("ulid", &["ulid-py", "python-ulid"]),
    ("websocket", &["websocket-client"]),
    ("xray", &["aws-xray-sdk"]),
    ("zope", &["zope-*"]),
];

/// Patterns of the distributions that may bring a module, in normal form; a last `*` stands for any end.
pub fn distributions_for(module: &str) -> Vec<String> {
    let others = OTHERS.iter().filter(|(own, _)| *own == module).flat_map(|(_, names)| names.iter());
    let own = [normalised(module), normalised(package_for(module))];
    own.into_iter().chain(others.map(|name| (*name).to_owned())).collect()
}

/// A pattern of a name: a last `*` stands for any end.
pub fn is_meant(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

/// Modules that a distribution brings under other names than its own (normalised).
pub fn modules_for(distribution: &str) -> impl Iterator<Item = &'static str> {
    let differing = PACKAGES.iter().chain(PROVIDED).filter(move |(_, own)| normalised(own) == distribution);
    differing.map(|(module, _)| *module)
}

/// What takes the place of a module that left the standard library.
///
/// Source: peps.python.org/pep-0594, peps.python.org/pep-0632, docs.python.org/3/whatsnew, 2026-08.
const REPLACEMENTS: &[(&str, &str)] = &[
    ("asynchat", "use asyncio, or install `pyasynchat`"),
    ("asyncore", "use asyncio, or install `pyasyncore`"),
    ("cgi", "install `legacy-cgi`, or use `email.message` and `urllib.parse`"),
    ("cgitb", "install `legacy-cgi`"),
    ("crypt", "install `bcrypt` or `passlib`"),
    ("distutils", "put `setuptools` into the package, or use `packaging` and `sysconfig`"),
    ("imghdr", "install `filetype` or `puremagic`"),
    ("imp", "use `importlib`"),
    ("lib2to3", "install `libcst`"),
    ("pipes", "use `subprocess` and `shlex.quote`"),
    ("smtpd", "install `aiosmtpd`"),
    ("telnetlib", "install `telnetlib3`"),
];

/// What to do about a module that left the standard library.
pub fn hint_for_removed(module: &str) -> String {
    let found = REPLACEMENTS.iter().find(|(own, _)| *own == module);
    found.map_or_else(|| format!("install `standard-{module}`"), |(_, hint)| (*hint).to_owned())
}
