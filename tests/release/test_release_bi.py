"""Tools that read a release as docs/bi.md says: data frames, and SQL through SQLAlchemy as Superset asks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
import sqlalchemy
from sqlalchemy.pool import NullPool

from integrationsmonitor.release import Release
from integrationsmonitor.settings import Settings

Night = Callable[..., Release]


def test_every_parquet_file_is_read_alike_by_pandas_polars_and_pyarrow(publish_all_tables: Night) -> None:
    release = publish_all_tables()
    files = sorted((release.path / "exports" / "parquet").glob("*.parquet"))
    assert len(files) > 25
    for path in files:
        told = duckdb.sql(f"from read_parquet('{path}')").fetchall()
        arrow = pq.read_table(path)
        assert [tuple(row.values()) for row in arrow.to_pylist()] == told, path.name
        assert pl.read_parquet(path).rows() == told, path.name
        frame = pd.read_parquet(path, dtype_backend="pyarrow")
        assert list(frame.columns) == arrow.column_names
        assert len(frame) == len(told)
    indicators = release.path / "exports" / "parquet" / "mart_indicator.parquet"
    assert pl.read_parquet(indicators).schema["value"] == pl.Decimal(28, 10)
    assert isinstance(pd.read_parquet(indicators)["value"].dropna().iloc[0], Decimal)
    assert pl.read_parquet(indicators).schema["region_key"] == pl.String


def engine_of(settings: Settings, **options: object) -> sqlalchemy.Engine:
    address = f"duckdb:///{settings.home}/current/warehouse.duckdb?access_mode=read_only"
    return sqlalchemy.create_engine(address, **options)  # type: ignore[arg-type]


def asked(engine: sqlalchemy.Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(sqlalchemy.text("select release_id from meta_release")).scalar_one())


def test_superset_sees_a_new_release_where_connections_are_not_pooled(
    publish_all_tables: Night, settings: Settings
) -> None:
    first = publish_all_tables(1)
    engine = engine_of(settings, poolclass=NullPool)
    assert asked(engine) == first.id
    second = publish_all_tables(2)
    assert asked(engine) == second.id


def test_a_tool_cannot_change_what_is_published(publish_all_tables: Night, settings: Settings) -> None:
    publish_all_tables()
    with (
        engine_of(settings, poolclass=NullPool).connect() as connection,
        pytest.raises(sqlalchemy.exc.ProgrammingError, match="read-only"),
    ):
        connection.execute(sqlalchemy.text("delete from mart_indicator"))
