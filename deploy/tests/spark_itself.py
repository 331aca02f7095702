"""Apache Spark itself, in a Python that has it: parses statements (and Hive's), and measures the files of each table.

    python spark_itself.py ASKED.json

Prints JSON as its last line: statements that were refused, and a row for each table.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import unquote

from deltalake import DeltaTable
from pyspark.sql import SparkSession


def main() -> None:
    """Answers one file."""
    asked = json.loads(Path(sys.argv[1]).read_text())
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    for name, value in (
        ("spark.driver.host", "127.0.0.1"),
        ("spark.driver.bindAddress", "127.0.0.1"),
        ("spark.sql.session.timeZone", "UTC"),
        # A run's number is text.
        ("spark.sql.sources.partitionColumnTypeInference.enabled", "false"),
    ):
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    told: dict = {"refused": [], "tables": {}}
    ours = spark._jsparkSession.sessionState().sqlParser()
    hive = spark._jvm.org.apache.hadoop.hive.ql.parse.ParseDriver()
    for parse, statements in ((ours.parsePlan, asked["spark"]), (hive.parse, asked["hive"])):
        for one in statements:
            try:
                parse(one)
            except Exception as error:
                told["refused"].append(f"{one}: {str(error)[:300]}")
    for name, sql in asked["tables"].items():
        place = f"{asked['root']}/{name}"
        files = [unquote(uri) for uri in DeltaTable(place).file_uris()]
        if files:
            frame = spark.read.option("basePath", place).option("mergeSchema", "true").parquet(*files)
            frame.createOrReplaceTempView(f"files_of_{name}")
            row = spark.sql(sql).collect()[0]
            told["tables"][name] = list(row)
    print(json.dumps(told))
    spark.stop()


if __name__ == "__main__":
    main()
