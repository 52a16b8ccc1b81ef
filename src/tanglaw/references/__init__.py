"""One file per reference format: what evidence is compared with. A new one is registered by one line here.

Asked in this order: CSV before plain lists, since a list with a header of one column is both.
"""

from __future__ import annotations

from tanglaw.reading.item import Reader
from tanglaw.references.address_lists import AddressList
from tanglaw.references.address_tags_csv import AddressTagsCsv
from tanglaw.references.csv_lists import CsvHashList
from tanglaw.references.ncmec_hashes import NcmecHashes
from tanglaw.references.plain_lists import PlainHashList
from tanglaw.references.tagpack import TagPack
from tanglaw.references.tmk import TmkVideo
from tanglaw.references.vics import Vics
from tanglaw.references.vpdq import VpdqVideo
from tanglaw.references.watch_lists import WatchList

REFERENCES: tuple[Reader, ...] = (
    Vics(),
    NcmecHashes(),
    WatchList(),
    TmkVideo(),
    VpdqVideo(),
    CsvHashList(),
    PlainHashList(),
    TagPack(),
    AddressTagsCsv(),
    AddressList(),
)
