//! What popular Python distributions install along with themselves: a module of these is there although no
//! manifest names it.

use super::tables::is_meant;

/// Distribution (normal form, a last `*` for any end) and the modules of what it requires.
///
/// Source: `Requires-Dist` on PyPI, two levels deep where code imports it directly, 2026-07.
const BROUGHT: &[(&str, &[&str])] = &[
    ("aiohttp", &["yarl", "multidict", "attr", "frozenlist", "aiosignal"]),
    ("anthropic", &["httpx", "pydantic", "anyio", "typing_extensions"]),
    ("aws-lambda-powertools", &["typing_extensions", "jmespath", "pydantic", "aws_xray_sdk", "fastjsonschema"]),
    ("aws-xray-sdk", &["wrapt", "botocore"]),
    ("awswrangler", &["pandas", "numpy", "pyarrow", "boto3", "botocore", "packaging", "typing_extensions"]),
    ("azure-*", &["azure", "msal", "msrest", "requests", "isodate", "typing_extensions"]),
    ("chalice", &["yaml", "click", "jmespath"]),
    ("django", &["asgiref", "sqlparse"]),
    ("elasticsearch*", &["elastic_transport", "urllib3", "certifi"]),
    ("fastapi", &["pydantic", "starlette", "typing_extensions", "anyio"]),
    ("flask*", &["flask", "werkzeug", "jinja2", "click", "itsdangerous", "markupsafe", "blinker"]),
    ("google-*", &["google", "requests", "six", "googleapiclient", "httplib2", "grpc"]),
    ("gspread", &["google"]),
    ("httpx", &["httpcore", "certifi", "idna", "anyio", "sniffio", "h11"]),
    ("jinja2", &["markupsafe"]),
    ("jsonschema", &["attr", "pyrsistent", "referencing", "jsonschema_specifications", "rpds"]),
    (
        "langchain*",
        &[
            "langchain",
            "langchain_core",
            "langchain_community",
            "langsmith",
            "pydantic",
            "yaml",
            "numpy",
            "requests",
            "sqlalchemy",
            "tenacity",
            "aiohttp",
            "typing_extensions",
            "packaging",
        ],
    ),
    ("llama-index*", &["pydantic", "numpy", "nltk", "tiktoken", "openai", "requests", "sqlalchemy"]),
    ("mangum", &["typing_extensions"]),
    ("matplotlib", &["numpy", "PIL", "dateutil", "pyparsing", "packaging", "cycler"]),
    ("mcp*", &["pydantic", "starlette", "httpx", "anyio", "uvicorn"]),
    ("moto", &["boto3", "botocore", "requests", "responses", "werkzeug", "jinja2"]),
    ("openai", &["httpx", "pydantic", "typing_extensions", "tqdm", "anyio"]),
    ("opensearch-py", &["requests", "urllib3", "certifi", "dateutil", "six"]),
    ("pandas", &["numpy", "dateutil", "pytz", "six", "tzdata"]),
    ("pydantic*", &["pydantic", "pydantic_core", "typing_extensions", "annotated_types", "dotenv"]),
    ("pyjwt", &["cryptography"]),
    ("pynamodb", &["botocore"]),
    ("python-jose", &["ecdsa", "rsa", "pyasn1", "cryptography"]),
    ("requests*", &["requests", "urllib3", "certifi", "idna", "charset_normalizer", "chardet", "oauthlib"]),
    ("s3fs", &["fsspec", "aiobotocore", "botocore"]),
    ("sagemaker", &["boto3", "numpy", "pandas", "yaml", "requests"]),
    ("scikit-learn", &["numpy", "scipy", "joblib", "threadpoolctl"]),
    ("sentence-transformers", &["transformers", "torch", "numpy", "sklearn", "scipy", "huggingface_hub", "PIL"]),
    ("sqlalchemy", &["greenlet", "typing_extensions"]),
    ("stripe", &["requests"]),
    ("strands-agents*", &["pydantic", "boto3", "botocore", "mcp", "httpx", "typing_extensions", "strands", "requests"]),
    ("tensorflow*", &["numpy", "keras", "h5py", "google"]),
    ("torch*", &["torch", "numpy", "PIL"]),
    ("transformers", &["numpy", "requests", "yaml", "tqdm", "huggingface_hub", "tokenizers", "packaging", "regex"]),
    ("urllib3", &["certifi"]),
];

/// True when one of these distributions (in normal form) brings a module of another along.
pub fn is_brought<'d>(module: &str, mut distributions: impl Iterator<Item = &'d String>) -> bool {
    distributions.any(|name| BROUGHT.iter().any(|(own, modules)| is_meant(own, name) && modules.contains(&module)))
}
