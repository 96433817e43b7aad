"""Calls the echo server with the stock Python client. Usage: stock_grpcio.py host:port. Exits 0 when all checks hold."""

import sys

import grpc

ECHO = "/creditgrains.test.EchoService/"
HI = b"\x0a\x02hi"
checks = 0


def check(name, got, wanted):
    global checks
    checks += 1
    if got != wanted:
        sys.exit(f"{name}: got {got!r}, wanted {wanted!r}")


def same(message):
    return message


def failure(call):
    try:
        result = call()
        if not isinstance(result, bytes):
            list(result)
    except grpc.RpcError as error:
        return error.code(), error.details()
    return None, None


def field(number, data):
    return bytes([number << 3 | 2, len(data)]) + data


def varint_field(number, value):
    out = bytes([number << 3])
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def fields(data):
    """The (number, value) pairs of a message of varints and short bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = varint()
            yield key >> 3, data[at : at + size]
            at += size


def calls(channel):
    for method in ("Echo", "EchoRaw"):
        check(method, channel.unary_unary(ECHO + method)(HI, timeout=30), HI)
        check(method + " empty", channel.unary_unary(ECHO + method)(b"", timeout=30), b"")

    echo = channel.unary_unary(ECHO + "Echo")
    big = b"\x0a\xa0\x9c\x01" + b"x" * 20000
    check("large", echo(big, timeout=30), big)
    for compression in (grpc.Compression.Gzip, grpc.Compression.NoCompression):
        check("gzip", echo(big, timeout=30, compression=compression, metadata=[("x-gzip", "1")]), big)

    reply, call = echo.with_call(HI, timeout=30, metadata=[("x-text", "t"), ("x-data-bin", b"\x00\xff")])
    check("metadata reply", reply, HI)
    check("headers", dict(call.initial_metadata()).get("x-text"), "t")
    check("trailers", dict(call.trailing_metadata()).get("x-data-bin"), b"\x00\xff")

    repeat = channel.unary_stream(ECHO + "Repeat")
    check("server stream", len(list(repeat(HI + varint_field(6, 300), timeout=30))), 300)
    check("empty server stream", list(repeat(HI, timeout=30)), [])
    check("client stream", channel.stream_unary(ECHO + "Join")(iter([HI] * 3), timeout=30), b"\x0a\x06hihihi")
    check("empty client stream", channel.stream_unary(ECHO + "Join")(iter([]), timeout=30), b"")
    for method in ("Chat", "ChatRaw"):
        sent = [varint_field(2, i + 1) for i in range(2000)]
        check(method, list(channel.stream_stream(ECHO + method)(iter(sent), timeout=30)), sent)


def failures(channel):
    echo = channel.unary_unary(ECHO + "Echo")
    code = {code.value[0]: code for code in grpc.StatusCode}
    text = "why 100% 你好".encode()
    for number in range(1, 17):
        got = failure(lambda: echo(field(1, text) + varint_field(5, number), timeout=30))
        check(f"status {number}", got, (code[number], text.decode()))
    late = failure(lambda: channel.unary_stream(ECHO + "Repeat")(HI + varint_field(6, 2) + varint_field(5, 9), timeout=30))
    check("late failure", late, (grpc.StatusCode.FAILED_PRECONDITION, "hi"))
    check("unimplemented", failure(lambda: channel.unary_unary("/no.Such/Method")(HI, timeout=30))[0], grpc.StatusCode.UNIMPLEMENTED)
    check("no handler", failure(lambda: channel.unary_unary(ECHO + "Missing")(HI, timeout=30))[0], grpc.StatusCode.UNIMPLEMENTED)
    check("malformed", failure(lambda: echo(b"\x0a\xc8", timeout=30))[0], grpc.StatusCode.INVALID_ARGUMENT)
    check("too large", failure(lambda: echo(b"x" * 70000, timeout=30))[0], grpc.StatusCode.RESOURCE_EXHAUSTED)
    check("crash", failure(lambda: channel.unary_unary(ECHO + "Crash")(HI, timeout=30))[0], grpc.StatusCode.UNKNOWN)
    check("deadline", failure(lambda: channel.unary_unary(ECHO + "Hang")(HI, timeout=0.05))[0], grpc.StatusCode.DEADLINE_EXCEEDED)

    hang = channel.unary_unary(ECHO + "Hang").future(HI)
    hang.cancel()
    check("cancel", hang.cancelled(), True)

    chat = channel.stream_stream(ECHO + "Chat")(iter([varint_field(5, 7)]), timeout=30)
    check("duplex failure", failure(lambda: chat)[0], grpc.StatusCode.PERMISSION_DENIED)


def health(channel):
    health_check = channel.unary_unary("/grpc.health.v1.Health/Check")
    check("health", health_check(b"", timeout=30), b"\x08\x01")
    check("health of a service", health_check(field(1, b"creditgrains.test.EchoService"), timeout=30), b"\x08\x01")
    check("health of none", failure(lambda: health_check(field(1, b"none"), timeout=30))[0], grpc.StatusCode.NOT_FOUND)
    watch = channel.unary_stream("/grpc.health.v1.Health/Watch")(field(1, b"none"), timeout=30)
    check("watch of none", next(watch), b"\x08\x03")
    watch.cancel()


def reflection(channel):
    for version in (b"v1", b"v1alpha"):
        method = f"/grpc.reflection.{version.decode()}.ServerReflection/ServerReflectionInfo"
        ask = [
            field(7, b"*"),
            field(4, b"creditgrains.test.EchoService"),
            field(4, b"creditgrains.test.EchoMessage.text"),
            field(3, b"echo.proto"),
            field(4, b"no.such.Thing"),
        ]
        listed, by_symbol, by_field, by_name, none = channel.stream_stream(method)(iter(ask), timeout=30)
        names = [dict(fields(value))[1] for number, value in fields(dict(fields(listed))[6]) if number == 1]
        check(
            "services",
            names,
            [
                b"creditgrains.test.EchoService",
                b"grpc.health.v1.Health",
                b"grpc.reflection.v1.ServerReflection",
                b"grpc.reflection.v1alpha.ServerReflection",
            ],
        )
        files = [[value for _, value in fields(dict(fields(reply))[4])] for reply in (by_symbol, by_field, by_name)]
        check("same file", files[0] == files[1] == files[2], True)
        check("file name", dict(fields(files[0][0]))[1], b"echo.proto")
        check("unknown symbol", dict(fields(dict(fields(none))[7]))[1], 5)


with grpc.insecure_channel(sys.argv[1]) as connection:
    calls(connection)
    failures(connection)
    health(connection)
    reflection(connection)
print(f"{checks} checks hold")
