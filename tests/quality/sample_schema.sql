-- The marts' columns.
create schema staging;
create table dim_region (region_key varchar not null, region_name varchar not null, region_level varchar not null,
    kind varchar not null, nuts3 varchar, valid_from date, valid_to date, successor_key varchar);
create table dim_region_type (scheme varchar not null, region_key varchar not null, type_key varchar not null,
    valid_from date, valid_to date);
create table dim_region_version (region_key varchar not null, version_no integer not null, valid_from date, valid_to date,
    step_id varchar, text_de varchar);
create table dim_reception_centre (region_key varchar not null, name_de varchar not null, valid_from date, valid_to date);
create table dim_citizenship (citizenship_key varchar not null, name_de varchar not null, continent varchar not null);
create table dim_country_group (country_group varchar not null, version varchar not null, valid_from date, valid_to date);
create table dim_dataset (dataset_id varchar not null, title_de varchar not null, publisher varchar not null,
    licence_id varchar not null, licence_url varchar, attribution varchar not null, last_known_from timestamp,
    n_observations bigint not null, n_answers bigint not null, first_period_end date, last_period_end date);
create table dim_indicator (indicator_id varchar not null, name_de varchar not null, unit varchar not null,
    decimals integer not null, definition_version integer not null, n_values bigint not null, n_kreise bigint not null,
    missing_de varchar, direction varchar not null, has_signal boolean not null);
create table dim_group (group_key varchar not null, label_de varchar not null, nationality varchar not null,
    sex varchar not null);
create table dim_indicator_variant (indicator_id varchar not null, variant varchar not null, priority integer not null,
    may_default boolean not null, formula varchar not null, factor integer not null, of_indicator_id varchar, of_variant varchar,
    against_indicator_id varchar, against_variant varchar, missing varchar);
create table dim_break (break_id varchar not null, kind varchar not null, break_at date, known_from date);
create table dim_period (period_type varchar not null, period_start date not null, period_end date not null,
    label_de varchar not null);
create table fct_observation (observation_id varchar not null, dataset_id varchar not null, measure varchar not null, region_key varchar not null,
    region_level varchar not null, period_type varchar not null, period_start date not null, period_end date not null,
    sex varchar not null, nationality varchar not null, citizenship_key varchar not null,
    citizenship_scheme varchar not null, age_group varchar not null, dimensions varchar not null,
    value decimal(18, 6), value_low decimal(18, 6), value_high decimal(18, 6), sign varchar, status varchar not null,
    quality varchar, unit varchar not null,
    basis varchar not null, place varchar not null, territory_date date, raw_sha256 varchar not null,
    raw_locator varchar not null, source_known_from timestamp not null, known_from_quality varchar not null,
    recorded_at timestamp not null, flags varchar not null);
create table mart_indicator (value_id varchar not null, indicator_id varchar not null, variant varchar not null,
    territory varchar not null, territory_date date not null, region_key varchar not null, region_name varchar not null,
    region_level varchar not null, period_type varchar not null, period_start date not null, period_end date not null,
    group_key varchar not null, is_default boolean not null, value decimal(28, 10), value_low decimal(28, 10),
    value_high decimal(28, 10), numerator decimal(18, 6), denominator decimal(18, 6), numerator_date date,
    denominator_date date, numerator_status varchar, denominator_status varchar, unit varchar not null,
    decimals integer not null, status varchar not null, method varchar not null, basis varchar not null,
    place varchar not null, flags varchar not null, dataset_ids varchar not null, definition_version integer not null,
    source_known_from timestamp not null, recorded_at timestamp not null);
create table mart_indicator_change (value_id varchar not null, measure varchar not null, value decimal(28, 10),
    value_low decimal(28, 10), value_high decimal(28, 10), unit varchar not null, is_within_rounding boolean,
    compared_value_id varchar, n_compared integer, reason varchar);
create table mart_run (run_no integer not null, started_at timestamp not null, outcome varchar not null, kind varchar not null,
    name varchar not null, status varchar not null, seconds decimal(18, 6) not null, failures integer);
create table mart_signal (value_id varchar not null, previous_value_id varchar not null, indicator_id varchar not null,
    region_key varchar not null, period_end date not null, group_key varchar not null, value decimal(28, 10) not null,
    previous_period_end date not null, previous_value decimal(28, 10) not null, change decimal(28, 10) not null,
    change_low decimal(28, 10) not null, change_high decimal(28, 10) not null, persons decimal(18, 6) not null,
    persons_before decimal(18, 6) not null, text_de varchar not null);
create table mart_indicator_wide (value_id varchar not null, indicator_id varchar not null,
    indicator_name varchar not null, variant varchar not null, territory varchar not null, territory_date date not null,
    region_key varchar not null, period_type varchar not null, period_start date not null, period_end date not null,
    group_key varchar not null, value decimal(28, 10), value_low decimal(28, 10), value_high decimal(28, 10),
    numerator decimal(18, 6), denominator decimal(18, 6), unit varchar not null, status varchar not null,
    change_previous_year decimal(28, 10), change_previous_year_pct decimal(28, 10),
    change_previous_period decimal(28, 10), change_previous_period_pct decimal(28, 10),
    gap_insgesamt decimal(28, 10), ratio_insgesamt decimal(28, 10), gap_deutsche decimal(28, 10),
    ratio_deutsche decimal(28, 10), index_2010 decimal(28, 10), mean_three_years decimal(28, 10),
    position decimal(28, 10));
create table mart_indicator_latest as
    select *, period_end as newest_period_end, status as newest_status, 1 as n_values from mart_indicator_wide;
create table mart_comparison (value_id varchar not null, comparator_key varchar not null, comparator_value_id varchar,
    comparator_value decimal(28, 10), difference decimal(28, 10), difference_low decimal(28, 10),
    difference_high decimal(28, 10), unit varchar not null, reason varchar);
create table mart_coverage (dimension varchar, handlungsfeld varchar, indicator_id varchar, availability varchar not null,
    first_year integer, last_year integer, n_kreise_last_year bigint, n_kreise_expected bigint, missing_de varchar, gap_de varchar);
create table mart_indicator_flag (value_id varchar not null, flag varchar not null);
create table mart_indicator_dataset (value_id varchar not null, dataset_id varchar not null);
create table mart_correction (correction_id varchar not null, observation_id varchar, dataset_id varchar not null,
    action varchar not null, flag varchar, printed_value decimal(18, 6), printed_sign varchar,
    published_value decimal(18, 6), published_status varchar, reason_de varchar not null, reported_to varchar,
    reported_at date, not_reported_de varchar, status varchar not null, is_applied boolean not null,
    not_applied_because varchar);
create table mart_provenance (value_id varchar not null, role varchar not null, part_no integer not null,
    observation_id varchar not null, is_part_of_sum boolean not null, weight decimal(18, 6), dataset_id varchar not null,
    region_key varchar not null, used_value decimal(18, 6), status varchar not null,
    printed varchar, raw_sha256 varchar not null, raw_locator varchar not null, retrieved_at timestamp not null,
    licence_id varchar not null, attribution varchar not null);
create table mart_withdrawal (value_id varchar not null, reason_de varchar not null, withdrawn_at timestamp not null,
    is_applied boolean not null);
create table mart_citizenship (dataset_id varchar not null, measure varchar not null, region_key varchar not null,
    period_type varchar not null, period_start date not null, period_end date not null, basis varchar not null,
    place varchar not null, citizenship_key varchar not null, value decimal(24, 6), value_low decimal(24, 6),
    value_high decimal(24, 6), status varchar not null, rank_low bigint, rank_high bigint);
create table mart_nationalities (dataset_id varchar not null, measure varchar not null, region_key varchar not null,
    period_type varchar not null, period_start date not null, period_end date not null, basis varchar not null,
    place varchar not null, n_named bigint, n_at_least bigint);
create table mart_sum_check (dataset_id varchar not null, sum_kind varchar not null, field varchar not null,
    measure varchar not null, unit varchar not null, scope varchar not null, period_type varchar not null,
    period_start date not null, period_end date not null, n_sums bigint not null, n_compared bigint not null, n_violated bigint not null);
create table mart_sum_violation (sum_id varchar not null, sum_kind varchar not null, scope varchar not null,
    dataset_id varchar not null, measure varchar not null, region_key varchar not null, period_end date not null,
    total decimal(18, 6), parts decimal(24, 6) not null, is_promised boolean not null, has_own_figure boolean not null,
    explanation_id varchar, explanation_de varchar not null);
create table dim_sum_explanation (explanation_id varchar not null, dataset_id varchar not null, n_compared bigint not null, n_violated bigint not null);
create table fct_observation_vintage as
    select 'source' as axis, 1 as vintage_no, source_known_from as known_from, null::timestamp as known_to, * from fct_observation;
create table mart_indicator_vintage as
    select 'source' as axis, 1 as vintage_no, source_known_from as known_from, null::timestamp as known_to, * from mart_indicator;
create table mart_publication (value_id varchar not null, publication_no integer not null, release_id varchar not null,
    published_at timestamp not null, value decimal(28, 10), status varchar not null, definition_version integer not null);
create table mart_revision (observation_id varchar not null, dataset_id varchar not null, measure varchar not null,
    region_key varchar not null, period_end date not null, n_revisions bigint not null, first_known_from timestamp not null,
    latest_known_from timestamp not null, days_to_latest bigint not null);
create table rpt_diagramm_1 (period_end date not null, origin_group varchar not null, value decimal(28, 10),
    status varchar not null, missing_de varchar, value_id varchar, source_de varchar);
create table rpt_diagramm_2 (period_end date not null, region_key varchar not null, region_name varchar not null,
    value decimal(28, 10), share_pct decimal(28, 10), denominator decimal(18, 6), value_id varchar,
    share_value_id varchar not null);
create table rpt_tabelle_1 (as_of date not null, region_key varchar not null, region_name varchar not null,
    status varchar not null, in_force_since integer);
create macro published_as_of(ts) as table with published as (
    select publication.*, row_number() over (partition by value_id order by publication_no desc) as from_last
    from mart_publication as publication where published_at <= cast(ts as timestamp)
) select value_id, value, status, release_id, published_at, definition_version
from published where from_last = 1 and status <> 'removed';
