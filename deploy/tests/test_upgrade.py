"""docs/how-to/upgrade.md: a lake that a newer version wrote is refused, in a folder and in a bucket, before anything is read or written."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

from tests.support import CLEAN, FAKE_AWS, binary, free_port, program, run, running, said, wait_for

NEWER = {"format": 2, "written_by": "0.9.0"}
TOLD = "has format 2, written by sightline 0.9.0; this version reads format 1 at most: upgrade sightline"


class Newer(unittest.TestCase):
    """A lake of tomorrow."""

    def assert_refused(self, lake: str, env: dict[str, str], place: Path) -> None:
        """By whoever reads, and by whoever writes."""
        for words in (["query", "SELECT 1"], ["ingest", str(place)], ["serve", "--listen", "127.0.0.1:0"]):
            with self.subTest(words[0]):
                ended = run(binary(), "--lake", lake, *words, env=env, cwd=place)
                self.assertEqual((2, ""), (ended.returncode, ended.stdout), said(ended))
                self.assertIn(TOLD, ended.stderr)

    def test_in_a_folder(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            lake = Path(folder, "lake")
            lake.mkdir()
            (lake / "lake.json").write_text(json.dumps(NEWER))
            self.assert_refused(str(lake), CLEAN | FAKE_AWS, Path(folder))
            self.assertEqual(["lake.json"], [path.name for path in lake.iterdir()])

    def test_in_a_bucket(self) -> None:
        import boto3

        moto = program("moto_server")
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            with running(moto, "-H", "127.0.0.1", "-p", port, env=CLEAN, cwd=Path(folder)) as child:
                url = f"http://127.0.0.1:{port}"
                wait_for(f"{url}/moto-api/", child, Path(folder, "server.log"))
                keys = {
                    "aws_access_key_id": FAKE_AWS["AWS_ACCESS_KEY_ID"],
                    "aws_secret_access_key": FAKE_AWS["AWS_SECRET_ACCESS_KEY"],
                }
                s3 = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys)
                s3.create_bucket(Bucket="lake-of-tomorrow")
                s3.put_object(Bucket="lake-of-tomorrow", Key="prod/lake.json", Body=json.dumps(NEWER))
                env = CLEAN | FAKE_AWS | {"AWS_ENDPOINT_URL": url}
                self.assert_refused("s3://lake-of-tomorrow/prod", env, Path(folder))
                listed = [one["Key"] for one in s3.list_objects_v2(Bucket="lake-of-tomorrow")["Contents"]]
                self.assertEqual(["prod/lake.json"], listed)
