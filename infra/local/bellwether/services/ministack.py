"""The AWS emulator: API Gateway, Lambda, function URLs, SQS, Scheduler, CloudFormation, IAM."""

import shutil
import sys
from functools import cache
from typing import Any

import aiohttp
import boto3
from botocore.config import Config

from bellwether import paths
from bellwether.processes import Child

REGION = "us-east-1"
ACCESS_KEY = "test"
SECRET_KEY = "test"
FILES = paths.RUN / "ministack"


def child(ports: paths.Ports) -> Child:
    """The server process. Functions inherit its environment, so it is minimal."""
    shutil.rmtree(FILES, ignore_errors=True)
    FILES.mkdir(parents=True)
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(FILES),
        "TMPDIR": str(FILES),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(paths.STACK),
        "PYTHONPYCACHEPREFIX": sys.pycache_prefix or str(paths.STATE / "pycache"),
        "BIND_HOST": paths.HOST,
        "GATEWAY_PORT": str(ports.ministack),
        "MINISTACK_HOST": paths.HOST,
        "MINISTACK_REGION": REGION,
        "AWS_ENDPOINT_URL": paths.url(ports.ministack),  # the SQS endpoint of the functions
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AUTH": "true",  # enforces the policies of each function's own role
        "STATE_DIR": str(FILES / "state"),
        "S3_DATA_DIR": str(FILES / "s3"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "BELLWETHER_AWS_CALLS": str(paths.AWS_CALLS),
    }
    command = [sys.executable, "-m", "bellwether.services.ministack_patches"]
    return Child(name="the AWS emulator", command=command, log=paths.LOGS / "ministack.log", env=env, cwd=FILES)


async def is_ready(ports: paths.Ports) -> bool:
    """True if the emulator responds."""
    try:
        async with aiohttp.request("GET", f"{paths.url(ports.ministack)}/_ministack/health") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


@cache
def client(service: str, endpoint: str) -> Any:
    """An AWS client with the credentials of the account."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(retries={"max_attempts": 1}, read_timeout=120, s3={"addressing_style": "path"}),
    )
