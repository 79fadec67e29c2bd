-- Every table of the last release: its rows then and now. Small tables may do what they like; mart_publication gets its
-- rows only at publication.
select
    table_name,
    rows_before,
    rows_now,
    rows_now / rows_before - 1 as change,
from table_rows
where rows_before >= 20 and table_name <> 'mart_publication'
order by all
