{{ config(schema='staging') }}
-- What every accepted answer says of every cell, in the parse in force and in the last one before it. A scaffold: it
-- goes with the staging schema when the build has ended; what matters of it stands in the vintages.
select
    {{ key_hash(cell_key()) }} as cell_id,
    dataset_id,
    raw_sha256,
    parse_key,
    parse_in_use.is_present,
    observation.territory_date,
    observation.value,
    observation.sign,
    observation.status,
    observation.quality,
    observation.raw_locator,
    observation.stated_known_from,
    observation.stated_known_from_quality,
    observation.citation,
from {{ ref('stg_landing__observation') }} as observation
inner join {{ ref('int_parse_in_use') }} as parse_in_use using (dataset_id, raw_sha256, parse_key)
