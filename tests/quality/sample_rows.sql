-- Round numbers chosen so that every share comes out as 10 %; dim_region is filled from the catalogue.
insert into dim_region_type select 'verwaltungsform', region_key, kind, null, null from dim_region where region_level = 'kreis';
insert into dim_region_version select region_key, 1, null, null, null, null from dim_region where region_level = 'kreis';
insert into dim_reception_centre values ('16054', 'Nur ein Beispiel', null, null);
insert into dim_citizenship values ('st475', 'Syrien', 'asien'), ('st152', 'Polen', 'europa');
insert into dim_country_group values ('eu', 'eu_27', '2020-02-01', null);
insert into dim_dataset values
    ('regio_12411_03_02_4', 'Bevölkerung', 'Statistische Ämter', 'dl-de/by-2-0',
        'https://www.govdata.de/dl-de/by-2-0', '© Statistische Ämter', '2021-10-01', 395, 1, '2020-12-31', '2021-12-31'),
    ('local_azr_presse', 'Pressemitteilungen', 'TLS', 'quotation', null, '© TLS', '2021-11-01', 4, 1, '2020-12-31', '2021-12-31');
insert into dim_indicator values
    ('A01', 'Ausländeranteil', 'Prozent', 1, 1, 79, 23, null, 'niedriger_besser', true),
    ('A02', 'Ausländische Bevölkerung', 'Personen', 0, 1, 1, 1, null, 'neutral', false);
insert into dim_group values ('auslaender', 'Personen ohne deutsche Staatsangehörigkeit', 'auslaendisch', 'insgesamt');
insert into dim_indicator_variant values
    ('A01', 'fortschreibung', 1, true, 'ratio', 100, null, null, null, null, null),
    ('A01', 'andere', 2, true, 'ratio', 100, null, null, null, null, null),
    ('A02', 'azr', 1, true, 'count', 1, null, null, null, null, null);
insert into dim_break values ('gebiet_2021', 'territory', '2021-07-01', null);
insert into dim_period values
    ('stichtag', '2020-12-31', '2020-12-31', '31.12.2020'),
    ('stichtag', '2021-12-31', '2021-12-31', '31.12.2021');
create temp table place as
    select region_key, region_name, region_level, day, 1000 * rank() over (order by region_key) as people
    from dim_region, (values (date '2020-12-31'), (date '2021-12-31')) as days(day)
    where day between valid_from and valid_to;
insert into fct_observation
    select md5(concat_ws('|', region_key, day, sex, nationality)), 'regio_12411_03_02_4', 'bevoelkerung', region_key, region_level, 'stichtag', day, day, sex, nationality, 'insgesamt',
        '', 'insgesamt', '', people * share, null, null, '', 'value', null, 'Anzahl', 'Fortschreibung_Zensus2011', 'Wohnort', day,
        repeat('a', 64), 'line 1', '2022-06-01 00:00:00', 'source_stand', '2022-06-02 00:00:00', ''
    from place, (values
        ('insgesamt', 'insgesamt', 1.0), ('maennlich', 'insgesamt', 0.5), ('weiblich', 'insgesamt', 0.5),
        ('insgesamt', 'deutsch', 0.9), ('insgesamt', 'auslaendisch', 0.1)) as split(sex, nationality, share);
insert into fct_observation
    select md5(concat_ws('|', 'azr', day, sex)), 'local_azr_presse', 'auslaender_azr', '16051', 'kreis', 'stichtag', day, day, sex, 'auslaendisch',
        'insgesamt', '', 'insgesamt', '', value, null, null, sign, status, null, 'Anzahl', 'AZR', 'Wohnort', day,
        repeat('b', 64), 'line 2', '2022-05-01 00:00:00', 'publication', '2022-06-02 00:00:00', ''
    from (values (date '2020-12-31', 'insgesamt', 105, '', 'value'),
        (date '2021-12-31', 'insgesamt', null, '.', 'secret'), (date '2020-12-31', 'maennlich', 55, '', 'value'), (date '2020-12-31', 'weiblich', 50, '', 'value'))
        as figures(day, sex, value, sign, status);
insert into mart_indicator
    select sha256(concat_ws('|', 'A01', variant, region_key, day)), 'A01', variant, 'as_published', day, region_key,
        region_name, region_level, 'stichtag', day, day, 'auslaender', variant = 'fortschreibung',
        10, null, null, people * 0.1, people, day, day, 'value', 'value', 'Prozent', 1, 'value', 'computed',
        'Fortschreibung_Zensus2011', 'Wohnort', '', 'regio_12411_03_02_4', 1, '2022-06-01 00:00:00', '2022-06-02 00:00:00'
    from place, (values ('fortschreibung'), ('andere')) as variants(variant);
insert into mart_indicator
    select sha256(concat_ws('|', 'A02', region_key, period_end)), 'A02', 'azr', 'as_published', period_end, region_key,
        'Erfurt', region_level, period_type, period_start, period_end, 'auslaender', true, value, null, null, value,
        null, period_end, null, status, null, 'Personen', 0, status, 'adopted', basis, place,
        case when value is null then 'doubtful_source' else 'own_correction|provisional' end, dataset_id, 1, source_known_from, recorded_at
    from fct_observation where dataset_id = 'local_azr_presse' and sex = 'insgesamt';
insert into mart_indicator_flag select value_id, unnest(string_split(flags, '|')) from mart_indicator where flags <> '';
insert into mart_indicator_dataset select value_id, unnest(string_split(dataset_ids, '|')) from mart_indicator;
insert into mart_indicator_change
    select later.value_id, 'change_previous_year_pp', case when later.region_key <> '16063' then later.value - earlier.value end,
        null, null, 'Prozentpunkte', case when later.region_key <> '16063' then false end, earlier.value_id, null,
        case when later.region_key = '16063' then 'break:gebiet_2021' end
    from mart_indicator as later inner join mart_indicator as earlier using (indicator_id, variant, region_key)
    where later.unit = 'Prozent' and later.period_end = '2021-12-31' and earlier.period_end = '2020-12-31';
insert into mart_indicator_wide by name
    select value.* exclude (indicator_id), value.indicator_id, name_de as indicator_name, change.value as change_previous_year
    from (
        select value_id, indicator_id, variant, territory, territory_date, region_key, period_type, period_start, period_end,
            group_key, value, value_low, value_high, numerator, denominator, unit, status
        from mart_indicator where is_default
    ) as value
    inner join dim_indicator using (indicator_id)
    left join mart_indicator_change as change using (value_id);
insert into mart_indicator_latest
    select *, max(period_end) over series, last_value(status) over (series order by period_end
        rows between unbounded preceding and unbounded following), count(value) over series
    from mart_indicator_wide
    window series as (partition by indicator_id, territory, region_key, group_key, period_type)
    qualify row_number() over (series order by value is not null desc, period_end desc) = 1;
insert into mart_comparison
    select here.value_id, there.region_key, there.value_id, there.value, here.value - there.value, null, null, 'Prozentpunkte', null
    from mart_indicator as here inner join mart_indicator as there using (indicator_id, variant, period_end)
    where here.region_level = 'kreis' and there.region_key = '16' and here.unit = 'Prozent';
insert into mart_coverage values
    ('Kontext', 'Rahmendaten', 'A01', 'computed', 2020, 2021, 22, 22, null, null),
    ('Kontext', 'Rahmendaten', 'A02', 'not_recorded', null, null, null, null, 'Nicht aufgezeichnet.', null),
    (null, 'Kultur', null, 'no_indicator', null, null, null, null, null, 'Keine Tabelle.');
insert into mart_correction
    select 'sample', observation_id, dataset_id, 'flag', 'doubtful_source', value, sign, value, status, 'Nur ein Beispiel',
        null, null, 'Nur ein Beispiel', 'open', true, null
    from fct_observation where dataset_id = 'local_azr_presse' and sex = 'insgesamt';
insert into mart_citizenship
    select 'local_azr_presse', 'auslaender_azr', '16', 'stichtag', '2021-12-31', '2021-12-31', 'AZR', 'none', unnest(['st475', 'st152']),
        100, 96, 104, 'value', 1, 2;
insert into mart_nationalities values
    ('local_azr_presse', 'auslaender_azr', '16', 'stichtag', '2021-12-31', '2021-12-31', 'AZR', 'none', 2, 2);
insert into dim_sum_explanation values ('hessen', 'regio_12411_03_02_4', 2, 1),
    ('of_another_table', 'regio_12411_03_02_4', 0, 0);
insert into mart_sum_check values ('regio_12411_03_02_4', 'region', 'region_key', 'bevoelkerung', 'Anzahl', 'Thüringen',
    'stichtag', '2020-12-31', '2020-12-31', 5, 4, 1);
insert into mart_sum_violation values ('a', 'sex', 'Vergleich', 'regio_12411_03_02_4', 'bevoelkerung', '06', '2020-12-31',
    100, 99, true, false, 'hessen', 'Nicht erklärt: Nur ein Beispiel.');
insert into fct_observation_vintage select 'source', 1, source_known_from, null, * from fct_observation;
insert into mart_indicator_vintage
    select vintage.*, mart_indicator.* from mart_indicator, (values
        ('source', 1, timestamp '2020-01-01', timestamp '2021-01-01'), ('source', 2, timestamp '2021-01-01', null),
        ('recorded', 1, timestamp '2026-01-01', null)) as vintage;
insert into mart_provenance
    select value_id, 'numerator', 1, observation_id, false, 1, observation.dataset_id, observation.region_key, observation.value, observation.status, observation.sign,
        raw_sha256, raw_locator, observation.recorded_at, 'dl-de/by-2-0', 'Nur ein Beispiel'
    from mart_indicator as indicator join fct_observation as observation
        on indicator.region_key = observation.region_key and indicator.period_end = observation.period_end
        and indicator.dataset_ids = observation.dataset_id
    where observation.nationality = 'auslaendisch' and observation.sex = 'insgesamt';
insert into mart_revision
    select observation_id, dataset_id, measure, region_key, period_end, 1, source_known_from, recorded_at, 1
    from fct_observation where dataset_id = 'local_azr_presse' and value is not null;
insert into rpt_diagramm_1
    select make_date(2010 + year_no::integer, 6, 30), 'insgesamt', null, 'not_recorded', 'Nicht aufgezeichnet.', null, null
    from range(10) as years(year_no);
insert into rpt_diagramm_2
    select period_end, region_key, region_name, numerator, value, denominator, null, value_id
    from mart_indicator where region_level = 'kreis' and is_default and indicator_id = 'A01';
insert into rpt_tabelle_1
    select date '2019-05-31', region_key, region_name, 'in_force', 2018 from dim_region where region_level = 'kreis';
comment on table mart_indicator is 'Kennzahlen: ein Wert je Kennzahl, Region, Zeitraum und Gruppe.';
comment on column mart_indicator.value is 'Wert der Kennzahl; bei Anteilen in Prozent';
