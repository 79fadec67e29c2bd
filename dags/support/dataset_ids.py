"""Dataset ids per load group, made from `catalog/datasets/`: do not edit, run `make ids`."""

DATASET_IDS: dict[str, list[str]] = {
    "ba": [
        "regio_13111_01_03_4",
        "regio_13111_02_02_4",
        "regio_13111_07_05_4",
        "regio_13211_01_03_4",
        "regio_13211_02_05_4",
    ],
    "tls": [
        "destatis_12411_0018",
        "destatis_12521_0041",
        "destatis_12531_0043",
        "local_azr_presse",
        "local_kreisangaben_2019",
        "regio_11111_01_01_4",
        "regio_12411_01_01_4",
        "regio_12411_03_02_4",
        "regio_12411_03_03_4",
        "regio_12511_01_01_4",
        "regio_12511_04_01_4",
        "regio_12711_03_02_4",
        "regio_21111_01_03_4",
        "regio_21111_02_06_4",
        "regio_22221_01_01_4",
    ],
}
