-- What every accepted answer says of every cell, in every parse that counts.
select
    {{ key_hash(cell_key()) }} as cell_id,
    dataset_id,
    raw_sha256,
    parse_key,
    observation.territory_date,
    observation.value,
    observation.sign,
    observation.printed,
    observation.status,
    observation.quality,
    observation.raw_locator,
    observation.stated_known_from,
    observation.stated_known_from_quality,
    observation.citation,
from {{ ref('stg_landing__observation') }} as observation
inner join {{ ref('int_parse') }} using (dataset_id, raw_sha256, parse_key)
