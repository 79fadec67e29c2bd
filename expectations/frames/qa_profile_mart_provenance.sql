-- mart_provenance in a few numbers per dataset and role: what may be 0 only is counted as n_….
select
    dataset_id,
    role,
    count(*) as n_rows,
    count(distinct (value_id, part_no)) as n_keys,
    count(*) filter (not coalesce(regexp_full_match(raw_sha256, '[0-9a-f]{64}'), false)) as n_without_bytes,
    count(*) filter (
        not coalesce(regexp_full_match(raw_locator, '(.*\s)?line \d+(, field \d+)?|.+![A-Z]+\d+'), false)
    ) as n_without_place,
    count(*) filter (coalesce(licence_id, '') = '') as n_without_licence,
    count(*) filter (coalesce(attribution, '') = '') as n_without_attribution,
    count(*) filter (retrieved_at is null) as n_without_day,
    count(*) filter (not weight between 0 and 1) as n_weight_out_of_range,
from mart_provenance
group by dataset_id, role
order by all
