-- Withdrawn values as they stand in mart_indicator: nothing may be left from which the number could be computed again.
select
    value_id,
    indicator_id,
    region_key,
    period_end,
    status,
    (
        (value is not null)::integer + (value_low is not null)::integer + (value_high is not null)::integer
        + (numerator is not null)::integer + (denominator is not null)::integer
    ) as n_numbers_left,
    list_contains(string_split(flags, '|'), 'withdrawn') as is_flagged,
from mart_indicator
semi join mart_withdrawal using (value_id)
order by all
