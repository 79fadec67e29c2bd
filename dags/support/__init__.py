"""What the DAGs share: their dataset list, their task bodies, and the launcher of `make run`, `make up`, `make down`.

Airflow does not look for DAGs in here (`.airflowignore`). Nothing in here knows a format or a query.
"""
