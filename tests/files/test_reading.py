"""How the bytes of a file become rows: every kind of file, and every way it can be broken."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from gateways.claim_files import read_claim_file
from gateways.claim_files.rows import LONGEST_ROW

HEAD = "fagsystem;løbenummer;kravtype;cpr_cvr;navn;beløb;periode_fra;periode_til;forfaldsdato"
NAMES = HEAD.split(";")


def row(reference="1", name="Søren Prøvesen"):
    return f"kmd;{reference};day-care;0703790123;{name};10;2026-01-01;2026-01-31;2026-01-05"


def table(*lines, head=HEAD, end="\r\n", encoding="utf-8"):
    return end.join((head, *lines, "")).encode(encoding)


def rows(content):
    return list(read_claim_file(content).rows)


def names(content):
    return [one.fields["navn"] for one in rows(content)]


def found(content):
    """Row number and code of each fault."""
    return [(one.number, fault.code) for one in rows(content) for fault in one.faults]


def refusal(content):
    with pytest.raises(Invalid) as caught:
        read_claim_file(content)
    return [(fault.field, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "iso-8859-1"])
def test_danish_letters_survive_each_encoding(encoding):
    assert names(table(row(name="Åse Ærø Sørensen"), encoding=encoding)) == ["Åse Ærø Sørensen"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_seen_in_the_header(delimiter):
    content = table(row().replace(";", delimiter), head=HEAD.replace(";", delimiter))
    assert rows(content)[0].fields["løbenummer"] == "1"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_machine(end):
    assert [one.number for one in rows(table(row("1"), row("2"), end=end))] == [2, 3]


def test_excel_may_name_its_delimiter_first():
    content = b"sep=;\r\n" + table(row())
    assert [one.number for one in rows(content)] == [3]


def test_the_last_line_needs_no_end():
    assert len(rows(table(row("1"), row("2")).rstrip())) == 2


def test_blank_rows_are_passed_over_but_counted():
    content = table(row("1"), "", ";;;;;;;;", row("2"))
    assert [one.number for one in rows(content)] == [2, 5]


def test_quoted_text_may_hold_delimiters_quotes_and_line_breaks():
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(NAMES)
    cells = row().split(";")
    cells[4] = 'Søren "Musen"; Prøvesen\nc/o Karla'
    writer.writerow(cells)
    writer.writerow(row("2").split(";"))
    found_rows = rows(buffer.getvalue().encode())
    assert found_rows[0].fields["navn"] == cells[4]
    assert [one.number for one in found_rows] == [2, 4]


def test_a_forgotten_quote_spoils_its_own_row_only():
    content = table(row("1"), row("2", '"Søren'), row("3"), row("4"))
    assert found(content) == [(3, "row-quotes")]
    assert [one.fields["løbenummer"] for one in rows(content) if one.fields] == ["1", "3", "4"]


def test_a_quote_inside_a_word_is_only_a_quote():
    assert names(table(row(name='Rør 5" Aps'))) == ['Rør 5" Aps']


def test_a_row_with_too_few_or_too_many_fields_is_refused():
    content = table(row("1") + ";x", "kmd;2", row("3"))
    assert found(content) == [(2, "row-columns"), (3, "row-columns")]
    assert rows(content)[0].faults[0].values == {"expected": "9", "found": "10"}


def test_a_line_of_ten_megabytes_is_refused_and_the_rest_goes_on():
    content = table(row("1"), row("2", "x" * 10_000_000), row("3"))
    assert found(content) == [(3, "row-too-long")]
    assert [one.number for one in rows(content)] == [2, 3, 4]


def test_ten_megabytes_after_an_open_quote_are_refused_and_the_rest_goes_on():
    content = table(row("1", '"open'), "x" * 10_000_000, row("3"))
    assert found(content) == [(2, "row-quotes"), (3, "row-too-long")]


def test_a_column_nobody_knows_is_warned_about_once():
    content = table(row() + ";42;x", head=HEAD + ";skonummer;navnn")
    file = read_claim_file(content)
    assert [(w.field, w.code) for w in file.warnings] == [
        ("skonummer", "field-unknown"),
        ("navnn", "field-misspelt"),
    ]
    assert "skonummer" not in next(file.rows).fields


def test_missing_columns_are_named_with_the_names_they_may_have():
    with pytest.raises(Invalid) as caught:
        read_claim_file(table("kmd;1", head="fagsystem;løbenummer"))
    faults = {fault.field: fault.values["names"] for fault in caught.value.faults}
    assert faults["principal"] == "principal / beløb / hovedstol"
    assert len(faults) == 7


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"\xef\xbb\xbf", "file-empty"),
        (b" \r\n\r\n", "file-empty"),
        (table(), "file-no-rows"),
        (b"[]", "file-no-rows"),
        (b"a;b;c\r\n1;2;3\r\n", "header-missing"),
        (b"x" * 100_000, "header-missing"),
        (table(row()).decode().encode("utf-16"), "file-utf-16"),
        (b"PK\x03\x04 and so on", "file-spreadsheet"),
        (b"\xd0\xcf\x11\xe0 and so on", "file-spreadsheet"),
        (b"%PDF-1.7 and so on", "file-not-text"),
        (b"abc\x00def", "file-not-text"),
        (table(row(name="Søren"), encoding="cp865"), "file-encoding"),
        (table(row(name="Søren"), encoding="mac_roman"), "file-encoding"),
        (b'{\n "source": "kmd"\n}', "json-one-object"),
    ],
)
def test_a_file_that_holds_no_claims_is_refused_whole(content, code):
    assert refusal(content) == [("", code)]


def test_the_same_column_twice_is_refused_whole():
    assert refusal(table(row() + ";9", head=HEAD + ";hovedstol")) == [("hovedstol", "column-twice")]


CLAIM = dict(zip(NAMES, row().split(";"), strict=True))


def test_a_json_list_is_read_with_its_numbers_as_they_were_written():
    content = b'[{"principal": 1234.50, "reference": 17}, {"principal": 1234.4999999}]'
    assert [one.fields for one in rows(content)] == [
        {"principal": "1234.50", "reference": "17"},
        {"principal": "1234.4999999"},
    ]


def test_json_lines_are_read_line_by_line():
    content = "\n".join(json.dumps(CLAIM | {"løbenummer": str(n)}) for n in range(3)).encode()
    assert [one.fields["løbenummer"] for one in rows(content)] == ["0", "1", "2"]


def test_a_broken_json_line_spoils_no_other():
    good = json.dumps(CLAIM)
    content = "\n".join([good, good[:-5], '{"a": 1,}', "17", "[]x", "", good]).encode()
    assert found(content) == [
        (2, "line-cut-off"),
        (3, "line-broken"),
        (4, "row-not-object"),
        (5, "line-broken"),
    ]
    assert [one.number for one in rows(content) if one.fields] == [1, 7]


def test_a_json_list_that_is_cut_off_keeps_what_came_before():
    whole = json.dumps([CLAIM, CLAIM, CLAIM], ensure_ascii=False).encode()
    for length in range(len(json.dumps(CLAIM, ensure_ascii=False).encode()) + 2, len(whole)):
        try:
            part = rows(whole[:length])
        except Invalid as invalid:  # cut inside a letter
            assert invalid.faults[0].code == "file-encoding"  # noqa: PT017
            continue
        assert part[0].fields == CLAIM
        assert [fault.code for one in part for fault in one.faults] == ["json-cut-off"]


def test_a_json_list_that_is_broken_says_where():
    content = json.dumps([CLAIM]).encode()[:-1] + b', {"a" 1}, {"b": 2}]'
    assert found(content) == [(2, "json-broken")]


def test_a_json_list_without_commas_is_broken():
    assert found(b'[{"a": 1} {"b": 2}]') == [(2, "json-broken")]


def test_json_nested_without_end_is_broken_and_no_more():
    assert found(b"[" * 100_000) == [(1, "json-broken")]


def test_a_number_of_a_million_digits_is_only_text():
    assert found(b'[{"principal": ' + b"9" * 1_000_000 + b"}]") == [(1, "row-too-long")]


def test_a_json_object_of_ten_megabytes_is_refused_and_the_rest_goes_on():
    content = json.dumps([CLAIM, CLAIM | {"navn": "x" * 10_000_000}, CLAIM]).encode()
    assert found(content) == [(2, "row-too-long")]
    assert [one.number for one in rows(content)] == [1, 2, 3]


def test_a_json_line_of_ten_megabytes_is_refused_and_the_rest_goes_on():
    long = json.dumps(CLAIM | {"navn": "x" * 10_000_000})
    content = "\n".join([json.dumps(CLAIM), long, json.dumps(CLAIM)]).encode()
    assert found(content) == [(2, "row-too-long")]


def test_a_name_twice_in_a_json_object_is_kept_twice():
    assert rows(b'[{"principal": 1, "principal": 2}]')[0].fields == {
        "principal": "1",
        " principal": "2",
    }


def outcome(content):
    """The rows, or the refusal."""
    try:
        return rows(content)
    except Invalid as invalid:
        return list(invalid.faults)


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_any_bytes_are_rows_or_a_refusal(content):
    assert outcome(content)


@given(st.lists(st.text(max_size=30), max_size=5), st.binary(max_size=20))
def test_any_lines_after_a_header_are_rows_or_a_refusal(lines, tail):
    content = table(row("1"), *(line.encode(errors="replace").decode() for line in lines)) + tail
    assert outcome(content)


@given(st.text(alphabet='{}[]",:\\0aeltrun \n', max_size=60), st.sampled_from(["[", "{", "[{"]))
def test_any_json_is_rows_or_a_refusal(text, start):
    for one in outcome((start + text).encode()):
        assert getattr(one, "fields", None) is not None or getattr(one, "faults", (one,))


_plain_cells = st.text(alphabet=';",a ø', max_size=8)
_cells = st.builds("{}{}{}".format, _plain_cells, st.sampled_from(["", "\n", "\r\n"]), _plain_cells)


@given(st.lists(st.lists(_cells, min_size=8, max_size=8), max_size=6))
def test_what_a_csv_writer_writes_is_read_back(lines):
    written = [["kmd", *cells] for cells in lines] + [row().split(";")]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL).writerows([NAMES, *written])
    assert [list(one.fields.values()) for one in rows(buffer.getvalue().encode())] == written


def test_the_longest_row_is_still_read():
    name = "x" * (LONGEST_ROW - 200)
    assert names(table(row(name=name))) == [name]
