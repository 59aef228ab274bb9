"""What a stranger may send, to whichever address; and what a calm answer is."""

NASTY = {
    "nul": "a\0b",
    "nothing but nul": "\0",
    "newlines": "x\r\nSet-Cookie: a=b\r\n",
    "markup": "<script>alert(1)</script>",
    "template": "{{ 7*7 }}{% raw %}%(name)s %s {0}",
    "quotes": "'; DROP TABLE debtors; --",
    "huge number": "9" * 400,
    "many digits": "9" * 12 + ",99",
    "negative": "-1",
    "float": "1e999",
    "not a number": "NaN",
    "unicode digits": "٣٤²½",
    "right to left": "\u202e\u200b\ufeff\ud7ff",
    "emoji": "👩\u200d👩\u200d👧" * 50,
    "broken address": "http://[::1",
    "path": "../../../etc/passwd",
    "long": "x" * 60_000,
}
BODIES = {
    "bad utf-8": ("application/x-www-form-urlencoded", b"what=%ff%fe&document=\xff\xfe&note=%00"),
    "half an escape": ("application/x-www-form-urlencoded", b"what=%&document=%e&a=%u0041"),
    "many fields": ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 3_000)),
    "json": ("application/json", b'{"document": ["529"]}'),
    "broken json": ("application/json", b"{"),
    "xml": ("text/xml", b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>"),
    "no boundary": ("multipart/form-data", b"--x\r\nnothing\r\n"),
    "cut short": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="',
    ),
    "a file for a field": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="what"; filename="a"\r\n\r\n\xff\r\n--x--\r\n',
    ),
    "odd type": ("; charset=\xff".encode("latin-1").decode("latin-1"), b"what=1"),
    "unknown charset": ("application/x-www-form-urlencoded; charset=utf-7", b"what=%2BAGE-"),
    "a megabyte": ("application/x-www-form-urlencoded", b"what=" + b"y" * 1_000_000),
    "too much": ("application/x-www-form-urlencoded", b"what=" + b"y" * 3_000_000),
}
CALM = range(200, 500)
HEADERS = (
    {"Cookie": "traje=" + "x" * 4_000},
    {"Cookie": "traje=.eJ.a.b; language=../../etc; traje=1"},
    {"Cookie": "language=\xff\xfe; =; ;;"},
    {"Accept-Language": "x" * 4_000},
    {"Accept-Language": "pt;q=abc, *;q=-1, \xff"},
    {"X-Forwarded-For": "not an address, \xff", "X-Forwarded-Proto": "gopher"},
    {"User-Agent": "\xff" * 2_000, "Referer": "\xff"},
    {"If-None-Match": '"', "Range": "bytes=9-1", "Accept-Encoding": "\xff;q=x"},
)


def failed(name, path, answer) -> list[tuple[str, str, int]]:
    """What is wrong with an answer: nothing, or the failure with its cause's name."""
    status = answer.status_code
    answer.close()
    return [] if status in CALM else [(name, path, status)]
