"""The grammar of HTTP/1.1's messages, word for word from RFC 9112, RFC 9110 and RFC 3986, as regular expressions.

Slow, and written from the RFCs alone: what it says of a message does not depend on how net/http reads it.
"""

import re

OWS = rb"[ \t]*"
TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110, 5.6.2
FIELD_VCHAR = rb"[\x21-\x7e\x80-\xff]"
FIELD_VALUE = rb"(?:%b(?:[ \t\x21-\x7e\x80-\xff]*%b)?)?" % (FIELD_VCHAR, FIELD_VCHAR)  # RFC 9110, 5.5
FIELD = rb"(%b):%b(%b)%b\r\n" % (TOKEN, OWS, FIELD_VALUE, OWS)  # RFC 9112, 5
QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"'  # RFC 9110, 5.6.4
CHUNK_EXTENSIONS = rb"(?:%b;%b%b(?:%b=%b(?:%b|%b))?)*" % (OWS, OWS, TOKEN, OWS, OWS, TOKEN, QUOTED)
CHUNK = re.compile(rb"([0-9A-Fa-f]+)%b\r\n" % CHUNK_EXTENSIONS)  # RFC 9112, 7.1

PERCENT = rb"%[0-9A-Fa-f]{2}"
# RFC 3986, 3.3, and the characters that browsers do not encode: []{}|^ and the backtick.
PCHAR = rb"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@\[\]{}|^`]|%b)" % PERCENT
PATH_AND_QUERY = rb"(?:/(?:%b|/)*)?(?:\?(?:%b|[/?])*)?" % (PCHAR, PCHAR)
REG_NAME = rb"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%b)+" % PERCENT
IP_LITERAL = rb"\[[A-Za-z0-9\-._~!$&'()*+,;=:]{2,}\]"
AUTHORITY = rb"(?:%b|%b)(?::[0-9]*)?" % (REG_NAME, IP_LITERAL)
TARGET = rb"(?:(?=/)%b|(?i:https?)://%b%b|%b|\*)" % (PATH_AND_QUERY, AUTHORITY, PATH_AND_QUERY, AUTHORITY)
REQUEST_LINE = rb"(%b) (%b) HTTP/([0-9])\.([0-9])\r\n" % (TOKEN, TARGET)  # RFC 9112, 3
STATUS_LINE = rb"HTTP/1\.([0-9]) ([0-9]{3})(?: ([\t \x21-\x7e\x80-\xff]*))?\r\n"  # RFC 9112, 4

FIELDS = re.compile(FIELD)
ALL_FIELDS = rb"((?:%b:%b%b%b\r\n)*)" % (TOKEN, OWS, FIELD_VALUE, OWS)
# RFC 9112, 2.2: an empty line before a request is skipped.
REQUEST_HEAD = re.compile(rb"(?:\r\n)?%b%b\r\n" % (REQUEST_LINE, ALL_FIELDS))
RESPONSE_HEAD = re.compile(rb"%b%b\r\n" % (STATUS_LINE, ALL_FIELDS))


def chunked(data, at):
    """The content and where it ends, of a chunked body at `at`; None if it is no such body, or not all of one."""
    content = b""
    while True:
        head = CHUNK.match(data, at)
        if not head:
            return None
        at = head.end()
        size = int(head[1], 16)
        if size == 0:
            break
        content += data[at:at + size]
        at += size
        if data[at:at + 2] != b"\r\n":
            return None
        at += 2
    while True:
        trailer = FIELDS.match(data, at)
        if not trailer:
            break
        at = trailer.end()
    return (content, at + 2) if data[at:at + 2] == b"\r\n" else None
