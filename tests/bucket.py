"""An S3-compatible object store on this machine."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "only-for-the-tests",
    "AWS_SECRET_ACCESS_KEY": "only-for-the-tests",
    "AWS_DEFAULT_REGION": "eu-west-1",
}


class ObjectStore:
    """Holds buckets; ``url`` is where."""

    def __init__(self, url: str) -> None:
        self.url = url
        keys = {name.lower().replace("default_", ""): key for name, key in ENVIRONMENT.items()}
        keys["region_name"] = keys.pop("aws_region")
        self.s3 = boto3.resource("s3", endpoint_url=url, **keys)

    def make(self, name: str) -> Any:
        """A new bucket, which nobody may read without a key."""
        where = {"LocationConstraint": ENVIRONMENT["AWS_DEFAULT_REGION"]}
        return self.s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Run it until the end of the block."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield ObjectStore(f"http://{host}:{port}")
    finally:
        server.stop()
