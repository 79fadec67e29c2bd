select
    dataset_id,
    measure,
    unit,
    rounding_step,
    rounding_low,
    rounding_high,
    rounding_from,
    territory_weight,
    perturbed_from,
from {{ source('inputs', 'catalog_measure') }}
