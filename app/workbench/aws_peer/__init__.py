"""A loopback peer for the AWS calls this product makes, built from botocore's own service models.

The unmodified boto3 is pointed at it by `endpoint_url`. It routes and validates every request by
the official model, and its own answers as well; it sends nothing anywhere.
"""
