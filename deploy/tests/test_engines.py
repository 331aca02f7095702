"""`sightline lake ddl`: others' parsers read the statements, engines run them as printed and read what Sightline reads.

Sail speaks Spark's SQL and protocol, and has a reader of Delta tables of its own; Spark's client (Apache) asks it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import unittest
import warnings
from pathlib import Path
from unittest import mock

from tests.engines import DUCKDB, SPARK, Table, lake, ours, plain, select, sightline, statements, tables
from tests.support import CLEAN, FAKE_AWS, ROOT, binary, free_port, program, run, running, said, wait_for

BUCKET = "my-lake"
PLACE = f"s3://{BUCKET}/prod"


def module(name: str) -> object:
    """A module; the test is skipped where there is none."""
    try:
        return __import__(name, fromlist=["*"])
    except ImportError:
        raise unittest.SkipTest(f"`{name}` is not installed") from None


class Bucket(unittest.TestCase):
    """The lake in moto's S3."""

    @classmethod
    def setUpClass(cls) -> None:
        binary()
        moto = program("moto_server")
        boto3 = module("boto3")
        cls.lake = lake()
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        child = stack.enter_context(running(moto, "-H", "127.0.0.1", "-p", port, env=CLEAN, cwd=cls.folder))
        wait_for(f"{url}/moto-api/", child, cls.folder / "server.log")
        cls.aws = FAKE_AWS | {"AWS_ENDPOINT_URL": url, "AWS_ALLOW_HTTP": "true"}
        stack.enter_context(mock.patch.dict(os.environ, cls.aws | {"RUST_LOG": "error"}))
        s3 = boto3.client("s3", endpoint_url=url)
        s3.create_bucket(Bucket=BUCKET)
        files = [path for path in cls.lake.place.rglob("*") if path.is_file()]
        cls.keys = {f"prod/{path.relative_to(cls.lake.place).as_posix()}": path for path in files}
        for key, path in cls.keys.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=path.read_bytes())

    @classmethod
    def ddl(cls, *words: str) -> str:
        """What is printed for the lake in the bucket."""
        ended = run(binary(), "--lake", PLACE, "lake", "ddl", *words, env=CLEAN | cls.aws, cwd=cls.folder)
        assert ended.returncode == 0, said(ended)
        return ended.stdout

    def assert_places(self, text: str, scheme: str, end: str) -> None:
        """Each definition names a folder that has a Delta log, and each table is defined."""
        places = re.findall(rf"'{scheme}://{BUCKET}/(prod/\w+){end}'", text)
        self.assertGreater(len(places), 15)
        self.assertEqual({key.partition("/_delta_log/")[0] for key in self.keys if "/_delta_log/" in key}, set(places))


class Lived(unittest.TestCase):
    """The lake has what makes reading hard."""

    def test_what_is_in_it(self) -> None:
        binary()
        module("deltalake")
        log = lake().place / "flow" / "_delta_log"
        self.assertTrue((log / "_last_checkpoint").is_file())
        actions = [json.loads(line) for path in sorted(log.glob("*.json")) for line in path.read_text().splitlines()]
        self.assertGreater(sum("remove" in one for one in actions), 1)
        # What readers of version 1 cannot read is in no table.
        self.assertFalse([one for one in actions if one.get("add", {}).get("deletionVector")])
        self.assertEqual([1], [one["protocol"]["minReaderVersion"] for one in actions if "protocol" in one])


class Statements(Bucket):
    """Parsers of other makers."""

    def test_athena(self) -> None:
        sqlglot = module("sqlglot")
        text = self.ddl("athena")
        self.assert_places(text, "s3", "/")
        database, *made = sqlglot.parse(text.strip().removesuffix(";"), read="athena")
        self.assertEqual("DATABASE", database.kind)
        self.assertEqual(len(statements(text)) - 1, len(made))
        for one in made:
            self.assertIsInstance(one, sqlglot.exp.Create)
            self.assertTrue(one.find(sqlglot.exp.ExternalProperty) and one.find(sqlglot.exp.LocationProperty))
            self.assertIn("'table_type'='DELTA'", one.sql("athena").replace(" ", ""))

    def test_spark(self) -> None:
        sqlglot = module("sqlglot")
        text = self.ddl("spark")
        self.assert_places(text, "s3a", "")
        database, *made = sqlglot.parse(text.strip().removesuffix(";"), read="spark")
        self.assertEqual("DATABASE", database.kind)
        self.assertEqual(len(statements(text)) - 1, len(made))
        for one in made:
            self.assertIsInstance(one, sqlglot.exp.Create)
            self.assertEqual("DELTA", one.find(sqlglot.exp.FileFormatProperty).name)

    def test_trino(self) -> None:
        # Made of Trino's own grammar.
        trino = module("trino_query_parser")
        text = self.ddl("trino", "--catalog", "lakes")
        self.assert_places(text, "s3", "")
        schema, *calls = [trino.parse_statement(one) for one in statements(text)]
        self.assertEqual(["LAKES", ".", "SIGHTLINE"], schema[0][-1])
        for one in calls:
            self.assertEqual(["LAKES", ".", "SYSTEM", ".", "REGISTER_TABLE"], one[0][1])

    def test_faults_are_seen(self) -> None:
        sqlglot, trino = module("sqlglot"), module("trino_query_parser")
        for engine, word in (("athena", "LOCATION"), ("spark", "USING")):
            with self.subTest(engine), self.assertRaises(sqlglot.errors.ParseError):
                sqlglot.parse(statements(self.ddl(engine))[1].replace(f"{word} ", f"{word} ( "), read=engine)
        with self.assertRaises(ValueError):
            trino.parse_statement(statements(self.ddl("trino"))[1].replace(", ", " "))


class Sail(Bucket):
    """Spark's SQL over Spark's protocol."""

    @classmethod
    def setUpClass(cls) -> None:
        server = module("pysail.spark").SparkConnectServer
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            builder = module("pyspark.sql").SparkSession.builder
        super().setUpClass()
        served = server()
        served.start()
        cls.addClassCleanup(served.stop)
        address, port = served.listening_address
        cls.spark = builder.remote(f"sc://{address}:{port}").getOrCreate()
        cls.addClassCleanup(cls.spark.stop)

    def told(self, database: str, known: list[Table]) -> dict[str, list[float | None]]:
        """What it says of each table."""
        asked = {one.name: select(one, SPARK, f"{database}.`{one.name}`") for one in known}
        return {name: plain(self.spark.sql(sql).collect()[0]) for name, sql in asked.items()}

    def defined(self, text: str, database: str) -> list[Table]:
        """Runs the statements; their comments are true of the columns."""
        for one in statements(text):
            self.spark.sql(one).collect()
        known = tables(text)
        for one in known:
            kinds = [(name, kind.removesuffix(" (JSON)")) for name, kind in one.columns]
            self.assertEqual(dict(kinds), dict(self.spark.table(f"{database}.`{one.name}`").dtypes), one.name)
        return known

    def test_in_a_bucket(self) -> None:
        known = self.defined(self.ddl("spark"), "sightline")
        self.assertEqual(ours(self.lake.place, known), self.told("sightline", known))

    def test_in_a_folder(self) -> None:
        known = self.defined(sightline(self.lake.place, "lake", "ddl", "spark", "--database", "here"), "here")
        before = self.told("here", known)
        self.assertEqual(ours(self.lake.place, known), before)
        self.assertGreater(before["flow"][0], 100)
        # What comes later is seen without another definition.
        sightline(self.lake.place, "ingest", self.lake.later)
        after = self.told("here", known)
        self.assertEqual(ours(self.lake.place, known), after)
        self.assertGreater(after["flow"][0], before["flow"][0])


class DuckDb(unittest.TestCase):
    """With its extension for Delta tables."""

    def test_in_a_folder(self) -> None:
        binary()
        extension = next(Path(module("duckdb_ext").__path__[0]).glob("extensions/*/*/delta.duckdb_extension"))
        made = lake()
        known = tables(sightline(made.place, "lake", "ddl", "spark"))
        connection = module("duckdb").connect()
        connection.execute(f"LOAD '{extension}'")
        told = {}
        for one in known:
            place = str(made.place / one.name).replace("'", "''")
            told[one.name] = plain(connection.execute(select(one, DUCKDB, f"delta_scan('{place}')")).fetchone())
        self.assertEqual(ours(made.place, known), told)
        # Who takes all files of the folder for the table counts what was put together twice.
        place = str(made.place / "flow").replace("'", "''")
        [every] = connection.execute(f"SELECT count(*) FROM read_parquet('{place}/*.parquet')").fetchone()
        self.assertGreater(every, told["flow"][0])


class SparkItself(Bucket):
    """Apache Spark, asked for: SIGHTLINE_SPARK_PYTHON is a Python with `pyspark` (450 MB) and `deltalake`, with Java.

    Delta's jars are not on PyPI: Spark parses the statements, and reads the files that a table's newest version names.
    """

    def test_parsers_and_files(self) -> None:
        python = os.environ.get("SIGHTLINE_SPARK_PYTHON")
        if not python:
            self.skipTest("is asked for: set SIGHTLINE_SPARK_PYTHON")
        known = tables(self.ddl("spark"))
        asked = {
            "root": str(self.lake.place),
            "spark": statements(self.ddl("spark")),
            "hive": statements(self.ddl("athena")),
            "tables": {one.name: select(one, SPARK, f"files_of_{one.name}") for one in known},
        }
        (self.folder / "asked.json").write_text(json.dumps(asked))
        ended = run(python, ROOT / "deploy" / "tests" / "spark_itself.py", self.folder / "asked.json", cwd=self.folder)
        self.assertEqual(0, ended.returncode, said(ended))
        told = json.loads(ended.stdout.splitlines()[-1])
        self.assertEqual([], told["refused"])
        full = {name: row for name, row in ours(self.lake.place, known).items() if row[0]}
        self.assertEqual(full, {name: plain(row) for name, row in told["tables"].items()})
