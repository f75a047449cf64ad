"""Send a message to a host that the operator allowed, and to no other, whatever its name means.

No Django. The address is looked up once, checked, and that very address is connected to: a name
that points elsewhere a moment later leads nowhere. Redirects are not followed.
"""

import hashlib
import hmac
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from urllib.parse import urlsplit

SECONDS = 10
LONGEST_URL = 500
READ = 1000
PORTS = {"https": 443, "http": 80}
# Addresses of IPv4 in the clothes of IPv6, which mean what they hold.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(ValueError):
    """The operator did not allow this address; the message says what is allowed."""


class NotDelivered(Exception):
    """The other side could not be reached, or did not say that it is well."""

    def __init__(self, words, status=None):
        super().__init__(words)
        self.status = status


def place_of(url, public, private):
    """(scheme, host, port, path, whether its address may be private); raises Forbidden."""
    if len(url) > LONGEST_URL or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise Forbidden("Write the address in plain characters, without spaces.")
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as problem:
        raise Forbidden("This is no address of a web server.") from problem
    host = (parts.hostname or "").lower()
    if parts.scheme not in PORTS or not host or "@" in parts.netloc or parts.fragment:
        raise Forbidden("Write an address such as https://hooks.example.org/labels.")
    names = {f"{host}:{port}"} | ({host} if port == PORTS[parts.scheme] else set())
    is_private = bool(names & set(private))
    if not is_private and not names & set(public):
        raise Forbidden(f"{host} is not among the hosts that the operator allows for webhooks.")
    if parts.scheme == "http" and not is_private:
        raise Forbidden("Use https: what is sent to hosts outside must not be read on its way.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port, path, is_private


def may_reach(address, is_private):
    """Whether an IP address may be connected to."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        held = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if found in NAT64:
            held = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if held:
            return may_reach(str(held), is_private)
    # Where clouds answer with the keys of the machine.
    if found.is_link_local or found.is_multicast or found.is_unspecified:
        return False
    if found.is_loopback:
        return is_private
    return not found.is_reserved and (found.is_global or (is_private and found.is_private))


def signature_of(secret, seconds, body):
    """What tells the receiver that a message is ours, and how old it is."""
    message = f"{seconds}.".encode() + body
    digest = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def post(url, body, headers, *, public, private):
    """The status of the answer, 200 to 299; raises Forbidden and NotDelivered."""
    scheme, host, port, path, is_private = place_of(url, public, private)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    # The timeout is one of each read; a host that sends a byte now and then would hold us.
    watch = threading.Timer(SECONDS, _cut, [connection])
    try:
        connection.sock = _connect(scheme, host, port, is_private)
        watch.start()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(READ)
    except (OSError, http.client.HTTPException) as problem:
        raise NotDelivered(
            f"{host} cannot be reached: {problem or type(problem).__name__}"
        ) from problem
    finally:
        watch.cancel()
        connection.close()
    if 300 <= answer.status < 400:
        raise NotDelivered("It answered with a redirect, which is not followed.", answer.status)
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"It answered {answer.status}.", answer.status)
    return answer.status


def _connect(scheme, host, port, is_private):
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [address for *_, address in found]
    for address in addresses:
        # One that is not allowed spoils all: nobody mixes them in good faith.
        if not may_reach(address[0], is_private):
            raise Forbidden(f"{host} leads to {address[0]}, which is not open to webhooks.")
    sock = socket.create_connection(addresses[0][:2], timeout=SECONDS)
    if scheme == "http":
        return sock
    try:
        return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise


def _cut(connection):
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
