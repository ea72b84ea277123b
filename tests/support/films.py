"""Tiny films, written box by box (ISO 14496-12): one picture track that says how large and long it is."""

import struct

Box = bytes
UPRIGHT = (1, 0, 0, 1)
ON_ITS_SIDE = (0, 1, -1, 0)


def film(
    brand: bytes = b"isom",
    *,
    width: int = 640,
    height: int = 360,
    seconds: float = 2.5,
    matrix: tuple[int, int, int, int] = UPRIGHT,
    elsewhere: str | None = None,
) -> bytes:
    """A film of one sample.

    :param brand: ``qt  `` for QuickTime.
    :param matrix: how players turn it (a, b, c, d).
    :param elsewhere: a URL that its pictures are said to be at.
    """
    ticks = round(seconds * 1000)
    sample = b"\x00\x00\x00\x01\x65"
    start = _box(b"ftyp", brand, bytes(4), brand)
    track = _box(
        b"trak",
        _full(b"tkhd", struct.pack(">IIIII", 0, 0, 1, 0, ticks), bytes(16), _matrix(matrix), _fixed(width, height)),
        _box(
            b"mdia",
            _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, ticks, 0x55C4, 0)),
            _full(b"hdlr", bytes(4), b"vide", bytes(12), b"\x00"),
            _box(
                b"minf",
                _full(b"vmhd", bytes(8), flags=1),
                _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _reference(elsewhere))),
                _samples(width, height, ticks, len(start) + 8, len(sample)),
            ),
        ),
    )
    header = _full(
        b"mvhd", struct.pack(">IIIIIH", 0, 0, 1000, ticks, 0x10000, 0x100), bytes(10), _matrix(UPRIGHT), bytes(24),
        struct.pack(">I", 2),
    )  # fmt: skip
    return start + _box(b"mdat", sample) + _box(b"moov", header, track)


def _samples(width: int, height: int, ticks: int, offset: int, size: int) -> Box:
    entry = _box(
        b"avc1",
        bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", width, height),
        struct.pack(">IIIH", 0x480000, 0x480000, 0, 1), bytes(32), struct.pack(">Hh", 24, -1),
    )  # fmt: skip
    return _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), entry),
        _full(b"stts", struct.pack(">III", 1, 1, ticks)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", struct.pack(">III", 0, 1, size)),
        _full(b"stco", struct.pack(">II", 1, offset)),
    )


def _reference(elsewhere: str | None) -> Box:
    return _full(b"url ", flags=1) if elsewhere is None else _full(b"url ", elsewhere.encode() + b"\x00")


def _matrix(turn: tuple[int, int, int, int]) -> bytes:
    a, b, c, d = (part * 0x10000 for part in turn)
    return struct.pack(">iiiiiiiii", a, b, 0, c, d, 0, 0, 0, 0x40000000)


def _fixed(*numbers: int) -> bytes:
    return b"".join(struct.pack(">I", number << 16) for number in numbers)


def _full(kind: bytes, *content: bytes, flags: int = 0) -> Box:
    return _box(kind, struct.pack(">I", flags), *content)


def _box(kind: bytes, *content: bytes) -> Box:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + kind + body
