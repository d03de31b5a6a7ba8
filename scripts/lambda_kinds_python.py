"""Recipes of Lambda packages for Python, for lambda_kinds.py."""

# As an HTTP API sends it.
EVENT = {
    "version": "2.0", "rawPath": "/", "rawQueryString": "", "headers": {"host": "x"}, "isBase64Encoded": False,
    "requestContext": {"http": {"method": "GET", "path": "/", "sourceIp": "127.0.0.1"}, "stage": "$default"},
}
HANDLER = "\n\ndef handler(event, context):\n    return {}\n"


def kind(name, install, code, *twins):
    return {"name": f"k-py-{name}", "install": install, "files": {"app.py": code}, "handler": "app.handler", "twins": list(twins)}


KINDS = [
    kind(
        "powertools",
        ["aws-lambda-powertools[parser]"],
        """from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.parser import BaseModel, parse

logger = Logger(service="s")


class Order(BaseModel):
    id: int


def handler(event, context):
    return {"statusCode": 200, "body": str(parse(event={"id": 1}, model=Order).id)}
""",
        ("typing", "rm -r typing_extensions*", "lambda/missing-module"),
        ("core", "rm -r pydantic_core", "lambda/missing-module"),
    ),
    kind(
        "sqlalchemy",
        ["sqlalchemy", "psycopg2-binary"],
        """from sqlalchemy import create_engine, text

engine = create_engine("postgresql+psycopg2://u:p@h/d")


def handler(event, context):
    return {"sql": str(text("select 1").compile(engine))}
""",
        ("libs", "rm -r psycopg2_binary.libs", "lambda/missing-shared-library"),
    ),
    kind(
        "pydantic",
        ["pydantic[email]", "pydantic-settings"],
        """from pydantic import BaseModel, EmailStr
from pydantic_settings import BaseSettings


class User(BaseModel):
    email: EmailStr


def handler(event, context):
    return {"email": User(email="a@b.co").email}
""",
        ("email", "rm -r email_validator email_validator-*", "lambda/missing-module"),
        ("native", "rm pydantic_core/*.so", "lambda/missing-module"),
    ),
    kind(
        "django",
        ["django", "mangum"],
        """import django
from django.conf import settings

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x", DEBUG=False)
django.setup()
from django.core.asgi import get_asgi_application
from django.http import JsonResponse
from django.urls import path
from mangum import Mangum

urlpatterns = [path("", lambda request: JsonResponse({"ok": True}))]
adapter = Mangum(get_asgi_application(), lifespan="off")


def handler(event, context):
    return adapter(EVENT, context)


EVENT = """ + repr(EVENT) + "\n",
        ("asgiref", "rm -r asgiref asgiref-*", "lambda/missing-module"),
        ("mangum", "rm -r mangum mangum-*", "lambda/missing-module"),
    ),
    kind(
        "flask",
        ["flask", "serverless-wsgi"],
        """import serverless_wsgi
from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return {"ok": True}


def handler(event, context):
    return serverless_wsgi.handle_request(app, EVENT, context)


EVENT = """ + repr(EVENT) + "\n",
        ("werkzeug", "rm -r werkzeug werkzeug-*", "lambda/missing-module"),
        ("itsdangerous", "rm -r itsdangerous itsdangerous-*", "lambda/missing-module"),
    ),
    kind(
        "sklearn",
        ["scikit-learn"],
        "from sklearn.linear_model import LinearRegression\n\nmodel = LinearRegression()" + HANDLER,
        ("joblib", "rm -r joblib joblib-*", "lambda/missing-module"),
        ("libs", "rm -r scikit_learn.libs", "lambda/missing-shared-library"),
    ),
    kind(
        "pillow",
        ["pillow"],
        "from PIL import Image\n\n\ndef handler(event, context):\n    return {\"size\": Image.new(\"RGB\", (2, 2)).size}\n",
        ("libs", "rm -r pillow.libs", "lambda/missing-shared-library"),
    ),
    kind(
        "cryptography",
        ["cryptography", "pyjwt"],
        """import jwt
from cryptography.hazmat.primitives import hashes


def handler(event, context):
    return {"token": jwt.encode({"a": hashes.SHA256().name}, "k" * 32, algorithm="HS256")}
""",
        ("cffi", "rm _cffi_backend*", "lambda/incomplete-distribution"),
    ),
    kind(
        "polars",
        ["polars"],
        "import polars\n\n\ndef handler(event, context):\n    return {\"rows\": polars.DataFrame({\"a\": [1]}).height}\n",
        ("runtime", "rm -r _polars_runtime* polars_runtime*", "lambda/missing-module"),
    ),
    kind(
        "langchain",
        ["langchain-core"],
        "from langchain_core.prompts import PromptTemplate\n\n\n"
        "def handler(event, context):\n    return {\"text\": PromptTemplate.from_template(\"{a}\").format(a=1)}\n",
        ("pydantic", "rm -r pydantic pydantic-*", "lambda/missing-module"),
    ),
]
