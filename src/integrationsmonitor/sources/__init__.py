"""One module per wire format and host: bytes come in, cells or observations go out; anything unknown is refused."""
