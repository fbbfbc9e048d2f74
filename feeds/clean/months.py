"""The names of months, and their usual abbreviations, in the languages of the open web's feeds (lower case, as Unicode NFKC has them).

A word that means different months in two languages is left out, unless one of them is far the commoner."""

from __future__ import annotations

# One paragraph a month.
_NAMES = """
jan january janvier janv enero ene gennaio gen januar januari janeiro янв январь января січня sty styczeń stycznia leden
ledna led ocak oca tammikuu tammikuuta ιαν ιανουαρίου ιανουάριος يناير

feb february février fevrier févr fevr fév febrero febbraio februar februari fevereiro fev февр фев февраль февраля лютого
lut luty lutego únor února úno şubat şub helmikuu helmikuuta φεβ φεβρουαρίου φεβρουάριος فبراير

mar march mars marzo märz maerz mär mrz março mrt maart maret мар март марта березня marzec marca březen března bře mart
maaliskuu maaliskuuta μαρ μαρτίου μάρτιος مارس

apr april avril avr abril abr aprile апр апрель апреля квітня kwi kwiecień kwietnia duben dubna dub nisan nis huhtikuu
huhtikuuta απρ απριλίου απρίλιος أبريل ابريل

may mai mayo maggio mag maio mei maj maja май мая травня květen května kvě mayıs toukokuu toukokuuta μαϊ μάιος μαΐου مايو

jun june juin junio giugno giu juni junho июн июнь июня червня cze czerwiec czerwca červen června čvn haziran haz kesäkuu
kesäkuuta ιουν ιουνίου ιούνιος يونيو

jul july juillet juil julio luglio lug juli julho июл июль июля липня lip lipiec lipca červenec července čvc temmuz tem
heinäkuu heinäkuuta ιουλ ιουλίου ιούλιος يوليو

aug august août aout agosto ago agu agustus augustus augusti авг август августа серпня sie sierpień sierpnia srpen srpna srp
ağustos ağu elokuu elokuuta αυγ αυγούστου αύγουστος أغسطس

sep sept september septembre septiembre settembre setembro set сен сент сентябрь сентября вересня wrz wrzesień września září
zář eylül eyl syyskuu syyskuuta σεπ σεπτ σεπτεμβρίου σεπτέμβριος سبتمبر

oct october octobre octubre ottobre ott okt oktober outubro out окт октябрь октября жовтня paź październik października říjen
října říj ekim eki lokakuu lokakuuta οκτ οκτωβρίου οκτώβριος أكتوبر

nov november novembre noviembre novembro ноя нояб ноябрь ноября листопада listopad listopada lis kasım kas marraskuu
marraskuuta νοε νοεμβρίου νοέμβριος نوفمبر

dec december décembre decembre déc diciembre dic dicembre dez dezember dezembro des desember дек декабрь декабря грудня gru
grudzień grudnia prosinec prosince aralık ara joulukuu joulukuuta δεκ δεκεμβρίου δεκέμβριος ديسمبر
"""
MONTHS = {name: number for number, names in enumerate(_NAMES.split("\n\n"), 1) for name in names.split()}
