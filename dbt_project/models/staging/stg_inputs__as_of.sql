select moment,
from {{ source('inputs', 'as_of') }}
