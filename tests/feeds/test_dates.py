from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.dates import parse
from feeds.records import Precision

SHANGHAI = "Asia/Shanghai"
NOON = datetime.fromisoformat("2022-09-28T12:00:00+08:00")


def stated(text: str, zone: str = SHANGHAI, *, reference: datetime | None = None) -> tuple[str, str] | None:
    when = parse(text, zone, reference=reference)
    return (when.at.isoformat(), str(when.precision)) if when else None


DAY, MINUTE, SECOND = "2022-09-28T00:00:00+08:00", "2022-09-28T08:00:00+08:00", "2022-09-28T08:03:59+08:00"


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2022-09-28", DAY, "day"),
        ("2022/09/28", DAY, "day"),
        ("2022.9.28", DAY, "day"),
        ("[2022-09-28]", DAY, "day"),
        ("发布日期：2022-09-28", DAY, "day"),
        ("时间：2022-09-28 08:00 来源：津水微言", MINUTE, "minute"),
        ("2022 09/28", DAY, "day"),
        ("2022年9月28日", DAY, "day"),
        ("2022年09月28日08:00", MINUTE, "minute"),
        ("2022年9月28日 星期三 08:00", MINUTE, "minute"),
        ("2022年9月28日8时3分59秒", SECOND, "second"),
        ("２０２２年９月２８日　０８：００", MINUTE, "minute"),
        ("二〇二二年九月二十八日", DAY, "day"),
        ("二〇二二年九月廿八日上午八时", MINUTE, "minute"),
        ("2022-09-28-08:03:59", SECOND, "second"),
        ("2022-09-28 08:03:59", SECOND, "second"),
        ("2022-09-28T08:03:59", SECOND, "second"),
        ("20220928", DAY, "day"),
        ("20220928080359", SECOND, "second"),
        ("Wed, 28 Sep 2022 08:03:59", SECOND, "second"),
        ("Wed, 28 Sep 2022 08:03:59 ", SECOND, "second"),
        ("28 Sep 22 08:00", MINUTE, "minute"),
        ("Wed, 28 Sep 2022", DAY, "day"),
        ("Wed Sep 28 08:03:59 2022", SECOND, "second"),
        ("Sep 28, 2022 8:00 AM", MINUTE, "minute"),
        ("28.09.2022", DAY, "day"),
        ("09/28/2022", DAY, "day"),
        ("2022년 9월 28일 오전 8:00", MINUTE, "minute"),
        ("202209280800", MINUTE, "minute"),
        ("2022\u201009\u201028", DAY, "day"),
        ("mercredi 28 septembre 2022 à 8h00", MINUTE, "minute"),
        ("28 de setembro de 2022 às 08h00", MINUTE, "minute"),
        ("28 Sep 2022 | 08:00", MINUTE, "minute"),
        ("08:00 2022-09-28", MINUTE, "minute"),
        ("8:00 星期三 2022年9月28日", MINUTE, "minute"),
        ("08:03:59 28/09/2022", SECOND, "second"),
        ("8:00 Uhr, 28. September 2022", MINUTE, "minute"),
        ("8:00 a.m. on Wednesday, Sept. 28, 2022", MINUTE, "minute"),
        ("2022-09-28 at 8:00 am", MINUTE, "minute"),
        ("07:00 2022-09-28 08:00", MINUTE, "minute"),
        ("45:30 2022-09-28", DAY, "day"),
        ("2022-09-28T08:03:59+24:00", SECOND, "second"),
        ("2022-09-28T08:03:59\u221200:00", "2022-09-28T08:03:59+00:00", "second"),
        ("2022-09-28T08:03:59ZZ", "2022-09-28T08:03:59+00:00", "second"),
        ("/Date(1664323439000)/", "2022-09-28T00:03:59+00:00", "second"),
        ("/Date(1664323439000+0800)/", "2022-09-28T00:03:59+00:00", "second"),
    ],
)
def test_without_a_zone_it_is_local_to_the_source(text: str, at: str, precision: str) -> None:
    assert stated(text) == (at, precision)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2022-09-28T08:00:00Z", "2022-09-28T08:00:00+00:00"),
        ("2022-09-28T08:00:00.5-05:30", "2022-09-28T08:00:00.500000-05:30"),
        ("2022-09-28T08:00:00+0800", "2022-09-28T08:00:00+08:00"),
        ("2022-09-28T08:00:00+08:00[Asia/Shanghai]", "2022-09-28T08:00:00+08:00"),
        ("2022-09-28 08:00:00 +0800 CST", "2022-09-28T08:00:00+08:00"),
        ("20220928T080000Z", "2022-09-28T08:00:00+00:00"),
        ("2022-09-28T24:00:00+08:00", "2022-09-29T00:00:00+08:00"),
        ("Wed, 28 Sep 2022 08:00:00 GMT", "2022-09-28T08:00:00+00:00"),
        ("Wednesday, 28-Sep-22 08:00:00 GMT", "2022-09-28T08:00:00+00:00"),
        ("08:00:00, 28 September 2022 (UTC)", "2022-09-28T08:00:00+00:00"),
        ("08:00:00 (GMT), 28 September 2022", "2022-09-28T08:00:00+00:00"),
        ("8:00:00 a.m. EDT, Sept. 28, 2022", "2022-09-28T08:00:00-04:00"),
        ("Wed, 28 Sep 2022 08:00:00 EST", "2022-09-28T08:00:00-05:00"),
        ("Wed, 28 Sep 2022 08:00:00 GMT+8", "2022-09-28T08:00:00+08:00"),
        ("Wed, 28 Sep 2022 8:00:30 -7", "2022-09-28T08:00:30-07:00"),
        ("Fri, 15 Mai 2015 08:00:00 +0200", "2015-05-15T08:00:00+02:00"),
        ("1664323200", "2022-09-28T00:00:00+00:00"),
        ("1664323200000", "2022-09-28T00:00:00+00:00"),
        ("Sat, 30 Jun 2012 23:59:60 GMT", "2012-06-30T23:59:59+00:00"),
    ],
)
def test_a_stated_zone_is_kept(text: str, at: str) -> None:
    assert stated(text, "UTC") == (at, "second")


@pytest.mark.parametrize(
    ("zone", "text", "offset"),
    [
        (SHANGHAI, "Wed, 28 Sep 2022 08:00:00 CST", 8),
        ("America/Chicago", "Wed, 28 Dec 2022 08:00:00 CST", -6),
        ("UTC", "Wed, 28 Sep 2022 08:00:00 CST", -6),
        ("Asia/Jerusalem", "Wed, 28 Dec 2022 08:00:00 IST", 2),
        ("Asia/Kolkata", "Wed, 28 Dec 2022 08:00:00 IST", 5.5),
        (SHANGHAI, "Wed, 28 Sep 2022 08:00:00 XYZ", 8),
    ],
)
def test_an_abbreviation_means_the_sources_own_zone_where_that_uses_it(zone: str, text: str, offset: float) -> None:
    when = parse(text, zone)
    assert when is not None
    assert when.at.utcoffset() == timedelta(hours=offset)


@pytest.mark.parametrize(
    "text",
    [
        *("", "today", "soon", "31 Feb 2022", "2022-02-31", "2022-13-01", "Mon, 1 Jan 2020 25:00:00 GMT", "12", "2022", "2022-09", "08:00"),
        *(
            "09/08/2022",
            "0001-01-01T00:00:00Z",
            "Mon, 01 Jan 0001 00:00:00 +0000",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "1969-12-31",
            "2101-01-01",
        ),
        *("昨天", "今天 08:00", "3分钟前", "09-28 08:00", "9月28日"),
    ],
)
def test_what_states_no_moment_is_none(text: str) -> None:
    assert parse(text, SHANGHAI) is None


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("今天 08:00", "2022-09-28T08:00:00+08:00", "minute"),
        ("昨天", "2022-09-27T00:00:00+08:00", "day"),
        ("昨天08:12", "2022-09-27T08:12:00+08:00", "minute"),
        ("前天", "2022-09-26T00:00:00+08:00", "day"),
        ("3分钟前", "2022-09-28T11:57:00+08:00", "minute"),
        ("2小时前", "2022-09-28T10:00:00+08:00", "minute"),
        ("3天前", "2022-09-25T00:00:00+08:00", "day"),
        ("2 hours ago", "2022-09-28T10:00:00+08:00", "minute"),
        ("yesterday", "2022-09-27T00:00:00+08:00", "day"),
        ("09-28 08:00", "2022-09-28T08:00:00+08:00", "minute"),
        ("9-29 12:53", "2022-09-29T12:53:00+08:00", "minute"),
        ("12月31日", "2021-12-31T00:00:00+08:00", "day"),
    ],
)
def test_relative_and_yearless_texts_have_meaning_only_with_a_reference(text: str, at: str, precision: str) -> None:
    assert stated(text) is None
    assert stated(text, reference=NOON) == (at, precision)


def test_with_a_reference_the_future_is_not_believed() -> None:
    assert parse("2099-01-01 00:00:00", SHANGHAI) is not None
    assert parse("2099-01-01 00:00:00", SHANGHAI, reference=NOON) is None
    assert parse("2022-09-29", SHANGHAI, reference=NOON) is not None


zones = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
moments = st.datetimes(datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2100-01-01"), timezones=zones)


@given(moments)
def test_what_we_write_is_read_back(at: datetime) -> None:
    when = parse(at.isoformat(), "UTC")
    assert when is not None
    assert when.at == at
    assert when.at.utcoffset() == at.utcoffset()


@given(moments.map(lambda at: at.replace(microsecond=0)))
def test_mail_dates_are_read_back(at: datetime) -> None:
    when = parse(at.strftime("%a, %d %b %Y %H:%M:%S %z"), SHANGHAI)
    assert when is not None
    assert (when.at, when.precision) == (at, Precision.SECOND)


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_a_moment_or_none(text: str, referred: bool) -> None:
    when = parse(text, SHANGHAI, reference=NOON if referred else None)
    assert when is None or (when.at.tzinfo is not None and when.at > datetime(1970, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "Mon,16 Oct 2023 00:00:00 +0800",
        "Mon, 16 Oct 2023 00:00:00 Z+0800",
        "Пн, 16 окт 2023 00:00:00 +0800",
        "16 октября 2023 г.",
        "pon, 16 paź 2023",
        "po, 16 říj 2023",
        "Pzt, 16 Eki 2023",
        "16 lokakuuta 2023",
        "Δευ, 16 Οκτ 2023",
        "الاثنين 16 أكتوبر 2023",
        "Seg, 16 Out 2023",
        "Mon, 16 Ott 2023",
        "星期一, 16 十月 2023",
        "周一, 16 10月 2023 00:00",
        "令和5年10月16日",
        "民國112年10月16日",
        "2023-Oct-16",
        "2023 Oct 16",
        "2023-W42-1",
        "2023W421",
        "2023-289",
        "1697385600000000",
    ],
)
def test_one_day_as_the_open_web_writes_it(text: str) -> None:
    when = parse(text, "Asia/Shanghai", reference=datetime(2026, 11, 23, tzinfo=UTC))
    assert when is not None
    assert when.at == datetime(2023, 10, 15, 16, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2023-W60-1", "2023-366", "2023 Foo 16", "天宝五年10月16日", "2023 10月"])
def test_a_year_that_is_stated_but_not_understood_is_not_replaced_by_ours(text: str) -> None:
    assert parse(text, "Asia/Shanghai", reference=datetime(2026, 11, 23, tzinfo=UTC)) is None
