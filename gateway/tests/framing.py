"""Case G6: requests that two servers could frame differently. Each must get one 400 and the end of its connection."""

import socket
import time

# `{host}` is the server's own authority. The hidden request behind each would show as a second answer.
HIDDEN = "GET /api/v1/contacts HTTP/1.1\r\nHost: {host}\r\n\r\n"
POST = "POST /api/v1/contacts HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
EMPTY_CHUNKS = "0\r\n\r\n"

CORPUS: dict[str, str] = {
    "CL then TE": POST + "Content-Length: 4\r\n" + CHUNKED + "\r\n" + EMPTY_CHUNKS + HIDDEN,
    "TE then CL": POST + CHUNKED + "Content-Length: 4\r\n\r\n" + EMPTY_CHUNKS + HIDDEN,
    "two CLs": POST + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n{}  " + HIDDEN,
    "two equal CLs": POST + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" + HIDDEN,
    "CL list": POST + "Content-Length: 3, 3\r\n\r\n{} " + HIDDEN,
    "CL with sign": POST + "Content-Length: +3\r\n\r\n{} " + HIDDEN,
    "CL in hex": POST + "Content-Length: 0x1\r\n\r\n1" + HIDDEN,
    "TE xchunked": POST + "Transfer-Encoding: xchunked\r\n\r\n" + EMPTY_CHUNKS + HIDDEN,
    "TE gzip, chunked": POST + "Transfer-Encoding: gzip, chunked\r\n\r\n" + EMPTY_CHUNKS + HIDDEN,
    "TE chunked, identity": POST + "Transfer-Encoding: chunked, identity\r\n\r\n" + EMPTY_CHUNKS + HIDDEN,
    "TE twice": POST + CHUNKED + CHUNKED + "\r\n" + EMPTY_CHUNKS + HIDDEN,
    "TE with a space before the colon": POST + "Transfer-Encoding : chunked\r\n\r\n" + EMPTY_CHUNKS + HIDDEN,
    "TE on HTTP/1.0": POST.replace("1.1", "1.0") + CHUNKED + "\r\n" + EMPTY_CHUNKS + HIDDEN,
    "bare LF as line end": POST.replace("\r\n", "\n") + "Content-Length: 2\n\n{}" + HIDDEN,
    "bare LF in a header": POST + "X-Note: a\nContent-Length: 2\r\n\r\n{}" + HIDDEN,
    "bare CR in a header": POST + "X-Note: a\rContent-Length: 2\r\n\r\n" + HIDDEN,
    "NUL in a header": POST + "X-Note: a\0b\r\nContent-Length: 2\r\n\r\n{}" + HIDDEN,
    "folded header": POST + "X-Note: a\r\n b\r\nContent-Length: 2\r\n\r\n{}" + HIDDEN,
    "LF in a chunk extension": POST + CHUNKED + "\r\n2;a\n\r\n{}\r\n" + EMPTY_CHUNKS + HIDDEN,
    "chunk size 0x1": POST + CHUNKED + "\r\n0x1\r\n1\r\n" + EMPTY_CHUNKS + HIDDEN,
    "chunk size with sign": POST + CHUNKED + "\r\n+2\r\n{}\r\n" + EMPTY_CHUNKS + HIDDEN,
    "chunk without its end": POST + CHUNKED + "\r\n2\r\n{}XX0\r\n\r\n" + HIDDEN,
    "chunk ended by LF": POST + CHUNKED + "\r\n2\r\n{}\n0\r\n\r\n" + HIDDEN,
    "no Host": "GET /api/v1/contacts HTTP/1.1\r\n\r\n" + HIDDEN,
    "two Hosts": "GET /api/v1/contacts HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n" + HIDDEN,
    "two equal Hosts": "GET /api/v1/contacts HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n" + HIDDEN,
    "absolute form for another host": "GET http://evil.example/api/v1/contacts HTTP/1.1\r\nHost: {host}\r\n\r\n"
    + HIDDEN,
    "space in the target": "GET /api/v1 /contacts HTTP/1.1\r\nHost: {host}\r\n\r\n" + HIDDEN,
    "header name with a space": POST + "X Note: a\r\nContent-Length: 2\r\n\r\n{}" + HIDDEN,
}


def exchange(authority: str, text: str, *, within_s: float = 5.0) -> tuple[bytes, bool]:
    """What came back for the payload, and whether the connection was ended from over there."""
    host, _, port = authority.rpartition(":")
    received = b""
    deadline = time.monotonic() + within_s
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(text.replace("{host}", authority).encode("latin-1"))
        while (left_s := deadline - time.monotonic()) > 0:
            connection.settimeout(left_s)
            try:
                piece = connection.recv(65536)
            except TimeoutError:
                break
            except ConnectionResetError:
                return received, True
            if not piece:
                return received, True
            received += piece
    return received, False


def statuses(received: bytes) -> list[int]:
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
