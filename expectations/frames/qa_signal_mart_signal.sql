-- Whether each turn for the worse is one, asked of the values and of what divides them, not of the table itself.
select
    signal.indicator_id,
    signal.region_key,
    signal.period_end,
    signal.group_key,
    case dim_indicator.direction
        when 'hoeher_besser' then coalesce(now.value_high, now.value) < coalesce(before.value_low, before.value)
        when 'niedriger_besser' then coalesce(now.value_low, now.value) > coalesce(before.value_high, before.value)
        else false
    end as is_worse,
    dim_indicator.has_signal
    and change.reason is null
    and now.territory = 'as_published'
    and now.is_default
    and now.method <> 'estimated'
    and before.method <> 'estimated'
    and not list_contains(string_split(concat(now.flags, '|', before.flags), '|'), 'doubtful_source') as is_certain,
from mart_signal as signal
inner join dim_indicator using (indicator_id)
inner join mart_indicator as now using (value_id)
inner join mart_indicator as before on signal.previous_value_id = before.value_id
inner join mart_indicator_change as change
    on
        signal.value_id = change.value_id
        and change.measure in ('change_previous_year_abs', 'change_previous_year_pp')
order by all
