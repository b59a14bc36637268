"""Deploys template.yaml to the AWS emulator, as `sam package` and `sam deploy` do."""

import hashlib
import io
import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from bellwether.console import StackError
from bellwether.services import ministack
from bellwether.services.deployment import Deployment
from bellwether.stack import template

STACK = "bellwether"
BUCKET = "bellwether-artifacts"
INLINE_TEMPLATE_LIMIT = 51_200
POLL = 0.05


class Cloud:
    """The emulator as an AWS account."""

    def __init__(self, endpoint: str, binaries: Path) -> None:
        """The account at `endpoint`; functions are deployed from the folder `binaries`."""
        self.endpoint = endpoint
        self.binaries = binaries

    def client(self, service: str) -> Any:
        """A client of one AWS service."""
        return ministack.client(service, self.endpoint)

    def deploy(self, given: dict[str, str]) -> Deployment:
        """Create or update the stack."""
        wanted = template.load()
        folders = template.functions(wanted)
        archives = dict(zip(folders, self.upload(list(folders.values())), strict=True))
        packaged = template.with_code(wanted, archives)
        self.apply(packaged, template.parameters(wanted, given))
        deployed = self.describe(folders, template.queues(wanted))
        self.require_routes(deployed, set(template.routes(wanted)))
        return deployed

    def upload(self, folders: list[str]) -> list[str]:
        """Upload each function's archive under the hash of its binary, unless it exists."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(partial(self.upload_one, {item["Key"] for item in listed}), folders))

    def upload_one(self, present: set[str], folder: str) -> str:
        """Upload one archive; returns its location."""
        binary = self.binary(folder)
        key = f"{folder}/{hashlib.sha256(binary).hexdigest()}.zip"
        if key not in present:
            self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=archive(binary))
        return f"s3://{BUCKET}/{key}"

    def binary(self, folder: str) -> bytes:
        """The binary of a function."""
        try:
            return (self.binaries / folder).read_bytes()
        except FileNotFoundError:
            raise StackError(f"cargo built no binary {folder}: is there a crate of that name in functions/?") from None

    def apply(self, packaged: template.Template, parameters: list[dict[str, str]]) -> None:
        """Create or update the CloudFormation stack and wait for it."""
        cloudformation = self.client("cloudformation")
        request = {
            "StackName": STACK,
            "Parameters": parameters,
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            **self.template_argument(json.dumps(packaged)),
        }
        try:
            cloudformation.describe_stacks(StackName=STACK)
            cloudformation.update_stack(**request)
        except ClientError as error:
            if "does not exist" in str(error):
                cloudformation.create_stack(**request)
            elif "No updates" not in str(error):
                raise
        self.wait(cloudformation)

    def template_argument(self, body: str) -> dict[str, str]:
        """The template inline, or uploaded if it exceeds the inline limit."""
        if len(body) <= INLINE_TEMPLATE_LIMIT:
            return {"TemplateBody": body}
        key = f"{hashlib.sha256(body.encode()).hexdigest()}.template"
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body.encode())
        return {"TemplateURL": f"{self.endpoint}/{BUCKET}/{key}"}

    def wait(self, cloudformation: Any) -> None:
        """Wait for the stack; on failure, name the resources that failed."""
        while True:
            status = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
            if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                return
            if not status.endswith("IN_PROGRESS") or status.startswith("ROLLBACK"):
                events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
                causes = [
                    e for e in events if e["ResourceStatus"].endswith("_FAILED") and e.get("ResourceStatusReason")
                ]
                text = "; ".join(f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}" for e in reversed(causes))
                raise StackError(f"Deploying template.yaml ended in {status}: {text}")
            time.sleep(POLL)

    def describe(self, folders: dict[str, str], queues: list[str]) -> Deployment:
        """Look up the names and URLs that the emulator assigned."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        resources = {r["LogicalResourceId"]: r for page in pages for r in page["StackResourceSummaries"]}
        physical = {name: resource["PhysicalResourceId"] for name, resource in resources.items()}
        (api,) = (r["PhysicalResourceId"] for r in resources.values() if r["ResourceType"] == "AWS::ApiGatewayV2::Api")
        with_url = [name for name in folders if f"{name}Url" in resources]
        return Deployment(
            functions={folder: physical[name] for name, folder in folders.items()},
            api=f"{self.endpoint}/_aws/execute-api/{api}",
            hooks={folders[name]: self.function_url(physical[name]) for name in with_url},
            queues={name: physical[name] for name in queues},
        )

    def function_url(self, function: str) -> str:
        """The URL in the emulator of a function URL, whose public host ends in on.aws."""
        public = self.client("lambda").get_function_url_config(FunctionName=function)["FunctionUrl"]
        return f"{self.endpoint}/_aws/lambda-url/{public.removeprefix('https://').split('.')[0]}"

    def require_routes(self, deployed: Deployment, wanted: set[str]) -> None:
        """Fail if routes are missing: the emulator is known to drop routes silently."""
        api = deployed.api.rsplit("/", 1)[1]
        found = {route["RouteKey"] for route in self.client("apigatewayv2").get_routes(ApiId=api)["Items"]}
        if wanted - found:
            raise StackError(f"The emulator dropped routes of template.yaml: {', '.join(sorted(wanted - found))}.")

    def push(self, function: str, folder: str) -> None:
        """Replace the code of one running function."""
        self.client("lambda").update_function_code(FunctionName=function, ZipFile=archive(self.binary(folder)))


def archive(binary: bytes) -> bytes:
    """A Lambda archive with the binary as bootstrap; uncompressed, because compression takes longer than copying."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        file.writestr(entry, binary)
    return buffer.getvalue()
