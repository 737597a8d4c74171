#!/usr/bin/env python3
"""A verifier of Daka's proof bundles that shares no code with the core: docs/verify.md, step by step.

    verify_bundle.py BUNDLE [ROOT.pem | --trust ROOT.pem] [--json]

ROOT.pem is the tenant root's public key (-----BEGIN PUBLIC KEY-----). Without it only inner consistency is shown. The exit code is
0 only if nothing fails. BUNDLE may be a folder: then every file in it is verified, by name, and --json prints a line each. Signatures are checked by pycose and cryptography, CBOR by cbor2, intervals by time_intervals.py beside
this file, probabilities by mpmath (place_circle.py).
"""

import argparse
import hashlib
import json
import math
import re
import sys
import uuid
from pathlib import Path

try:
    import cbor2
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_der_public_key,
        load_pem_public_key,
    )
    from pycose.keys import EC2Key, OKPKey
    from pycose.keys.curves import P256, Ed25519
    from pycose.messages import Sign1Message

    import place_circle
    import time_intervals
except ImportError as e:
    sys.exit(f"{e}; run `cargo xtask setup judges` and use its Python, or pip install -r tests/judges/requirements.txt")

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ZEROS = bytes(32)
LATE_EVIDENCE_MS = 15_000

PARTS = {
    1: "root",
    2: "key_set",
    3: "statement",
    4: "certificate",
    5: "journal",
    6: "receipt",
    7: "checkpoint",
    8: "rules",
    9: "site",
    10: "photo",
    11: "name",
}
GROUPS = {1: "verdict", 2: "place", 3: "radio", 4: "note", 5: "evidence", 6: "mark"}
VERDICT, PLACE, NOTE, EVIDENCE = 1, 2, 4, 5
PUNCH, ANCHOR, EVIDENCE_ADDED, NOTE_ADDED, EPOCH_STARTED = 1, 2, 3, 4, 10
ASKED = {1: "in", 2: "out", 3: "break_start", 4: "break_end", 5: "auto"}
FIELD = {1: "client_visit", 2: "business_trip", 3: "home", 4: "other"}
STATUS = {1: "accepted", 2: "quarantined", 3: "conflict"}
DEVICE_CA, LOG, TIME = 1, 2, 3


class Refused(Exception):
    """Something that does not hold; the text says why."""


def need(condition, why):
    if not condition:
        raise Refused(why)


# ---- deterministic CBOR of the subset in use


def decode(data):
    """One item that fills `data` and is in its deterministic encoding."""
    try:
        value = cbor2.loads(bytes(data))
        again = cbor2.dumps(value, canonical=True)
    except Exception as e:
        raise Refused(f"not CBOR of our subset: {e}") from e
    need(again == data, "not in its deterministic encoding")
    plain(value, 0)
    return value


def plain(value, depth):
    """Nothing but integers, byte strings, texts, arrays, maps with unsigned keys, booleans and null."""
    need(depth <= 16, "nested too deep")
    if isinstance(value, list):
        for item in value:
            plain(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            need(type(key) is int and key >= 0, "a map key that is no unsigned integer")
            plain(item, depth + 1)
    elif type(value) is int:
        need(-(2**63) <= value < 2**64, "an integer out of range")
    else:
        need(value is None or isinstance(value, (bytes, str, bool)), "a type that no format of ours uses")


def encode(value):
    return cbor2.dumps(value, canonical=True)


def uint(value, limit=2**64 - 1):
    need(type(value) is int and 0 <= value <= limit, "not an unsigned integer in range")
    return value


def sint(value):
    need(type(value) is int and -(2**63) <= value < 2**63, "not an integer")
    return value


def octets(value, *lengths):
    need(isinstance(value, bytes) and (not lengths or len(value) in lengths), "not bytes of the right length")
    return value


def digest_of(value):
    return octets(value, 32)


def text(value, low=0, high=2**32):
    need(isinstance(value, str) and low <= len(value.encode()) <= high, "not a text of the right length")
    return value


def boolean(value):
    need(isinstance(value, bool), "neither true nor false")
    return value


def array(value, length=None):
    need(isinstance(value, list) and length in (None, len(value)), "not an array of the right length")
    return value


def mapping(value):
    need(isinstance(value, dict), "not a map")
    return value


def tagged(data, tag, length):
    items = array(decode(data), length)
    need(items[0] == tag, f"not tagged {tag!r}")
    return items


def take(fields, key):
    need(key in fields, f"key {key} is missing")
    return fields[key]


# ---- digests, keys, signatures


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


class Key:
    """A public key as SubjectPublicKeyInfo: P-256 or Ed25519, in the one DER form of each."""

    def __init__(self, spki):
        self.spki = octets(spki, 44, 91)
        self.kid = sha256(spki)
        try:
            self.public = load_der_public_key(spki)
        except Exception as e:
            raise Refused(f"not a public key: {e}") from e
        again = self.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        need(again == spki, "not the one form of this key")
        if isinstance(self.public, ec.EllipticCurvePublicKey):
            need(isinstance(self.public.curve, ec.SECP256R1), "not P-256")
            self.alg = -7
            numbers = self.public.public_numbers()
            self.cose = EC2Key(crv=P256, x=numbers.x.to_bytes(32, "big"), y=numbers.y.to_bytes(32, "big"))
        else:
            need(isinstance(self.public, ed25519.Ed25519PublicKey), "neither P-256 nor Ed25519")
            self.alg = -8
            self.cose = OKPKey(crv=Ed25519, x=spki[12:])


class Signed:
    """A COSE_Sign1 of our one shape, not yet verified."""

    def __init__(self, data):
        self.bytes = data
        protected, unprotected, self.payload, self.signature = self.items = array(decode(data), 4)
        need(unprotected == {}, "something is unprotected")
        octets(self.payload)
        octets(self.signature, 64)
        header = mapping(decode(octets(protected)))
        need(set(header) == {1, 4} and header[1] in (-7, -8), "another header than {alg, kid}")
        self.alg, self.kid = header[1], digest_of(header[4])

    def open(self, key):
        """The payload, if `key` signed it."""
        need(key.kid == self.kid and key.alg == self.alg, "signed by another key")
        if self.alg == -7:
            need(int.from_bytes(self.signature[32:], "big") <= P256_ORDER // 2, "the signature has the higher s")
        message = Sign1Message.from_cose_obj(list(self.items), False)
        message.key = key.cose
        try:
            fits = message.verify_signature()
        except Exception as e:
            raise Refused(f"the signature does not fit: {e}") from e
        need(fits, "the signature does not fit")
        return self.payload


# ---- Merkle trees: RFC 9162, sections 2.1.3.2 and 2.1.4.2


def node(left, right):
    return sha256(b"\x01", left, right)


def verify_inclusion(leaf, index, size, path, root):
    need(index < size, "an index outside the tree")
    fn, sn, r = index, size - 1, sha256(b"\x00", leaf)
    for p in path:
        need(sn > 0, "the proof is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and r == root, "the proof does not lead to the checkpoint's root")


def verify_consistency(first, first_root, second, second_root, path):
    why = "it does not extend the checkpoint before it"
    need(first <= second, why)
    if first in (0, second):
        need(not path and (first == 0 or first_root == second_root), why)
        return
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    need(path, why)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        need(sn > 0, why)
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and fr == first_root and sr == second_root, why)


def proof_of(value):
    need(len(array(value)) <= 128, "a proof that is too long")
    return [digest_of(item) for item in value]


def tenant_of(value):
    need(isinstance(value, str) and re.fullmatch("[a-z0-9-]{1,40}", value), "not a tenant's id")
    return value


def origin_of(value):
    need(isinstance(value, str) and re.fullmatch(r"[a-z0-9-]{1,40}/(keys/)?(0|[1-9][0-9]*)", value), "not an origin")
    return value


class Report:
    def __init__(self, trust):
        self.punches, self.fails, self.root, self.trust = [], [], None, trust

    def fail(self, what, why):
        self.fails.append({"what": what, "why": str(why)})

    def json(self):
        ok = not self.fails and not any(p["fails"] for p in self.punches)
        return {
            "punches": self.punches,
            "fails": self.fails,
            "root": self.root and self.root.hex(),
            "trust": self.trust,
            "ok": ok,
        }


class Desk:
    """The parts, those that may be believed at all, and those that a check has bound."""

    def __init__(self, parts, damaged, report):
        self.parts, self.damaged, self.bound, self.report = parts, damaged, set(), report

    def all(self, kind):
        name = {v: k for k, v in PARTS.items()}[kind]
        return [(i, data) for i, (k, data) in enumerate(self.parts) if k == name and i not in self.damaged]

    def single(self, kind):
        found = self.all(kind)
        if len(found) == 1:
            return found[0]
        self.report.fail(kind, f"the bundle has {len(found)} undamaged parts of this kind, not one")
        return None

    def each(self, kind, check, what=None):
        """Runs a check over all parts of a kind; what it refuses is a failure."""
        for at, data in self.all(kind):
            try:
                check(at, data)
            except Refused as e:
                self.report.fail(what or kind, e)


def code(kind):
    return PARTS.get(kind, "unknown")


# ---- step 1: the container


def open_container(data):
    _, version, parts, index = tagged(data, "daka-bundle", 4)
    need(version == 0 and type(version) is int, "another version")
    parts = [(uint(kind), octets(body)) for kind, body in (array(part, 2) for part in array(parts))]
    need(len(array(index)) == len(parts), "the index has another length")
    entry = lambda kind, body: [kind, len(body), sha256(encode(["daka-part", kind, body]))]
    damaged = {i for i, (kind, body) in enumerate(parts) if index[i] != entry(kind, body)}
    return parts, damaged


# ---- steps 2 to 4: root, key set, checkpoints, publications


class Ground:
    def __init__(self, tenant, keys):
        self.tenant, self.keys = tenant, keys
        self.roots, self.rules, self.sites = {}, {}, {}

    def key(self, use, kid, at=None):
        for u, key, begin, end in self.keys:
            if u == use and key.kid == kid and (at is None or begin <= at <= end):
                return key
        raise Refused("signed by a key that the tenant's key set does not have for this")

    def root_of(self, origin, size):
        need((origin, size) in self.roots, "the bundle has no verified checkpoint that its proof leads to")
        return self.roots[origin, size]

    def in_log(self, published, kind, number):
        """`number`: what the leaf's body holds beside the digest."""
        document, salt, origin, index, size, proof = published
        leaf = sha256(encode(["daka-leaf", kind, salt, [sha256(document), number]]))
        verify_inclusion(leaf, index, size, proof, self.root_of(origin, size))


def published_of(data):
    document, salt, origin, index, size, proof = array(decode(data), 6)
    return octets(document), digest_of(salt), origin_of(origin), uint(index), uint(size), proof_of(proof)


def key_set_of(payload):
    _, tenant, serial, items = tagged(payload, "daka-keys", 4)
    keys = []
    for use, alg, kid, spki, begin, end in (array(item, 6) for item in array(items)):
        key = Key(octets(spki))
        need(key.kid == kid and key.alg == alg, "a key whose id or algorithm is another's")
        keys.append((uint(use), key, sint(begin), sint(end)))
    return tenant_of(tenant), uint(serial), keys


def open_ground(desk, root):
    found = desk.single("key_set")
    if found is None:
        return None
    at, data = found
    try:
        published = published_of(data)
        tenant, serial, keys = key_set_of(Signed(published[0]).open(root))
    except Refused as e:
        desk.report.fail("key_set", e)
        return None
    ground = Ground(tenant, keys)
    checkpoints(desk, ground)
    try:
        ground.in_log(published, 2, serial)
        desk.bound.add(at)
    except Refused as e:
        desk.report.fail("key_set", e)

    def rules(at, data):
        published = published_of(data)
        rules = rules_of(published[0])
        need(rules["tenant"] == tenant, "it is another tenant's")
        ground.in_log(published, 3, rules["published"])
        ground.rules[sha256(published[0])] = (at, rules)

    def site(at, data):
        published = published_of(data)
        site = site_of(published[0])
        need(site["tenant"] == tenant, "it is another tenant's")
        ground.in_log(published, 4, site["published"])
        ground.sites[sha256(published[0])] = (at, site)

    desk.each("rules", rules)
    desk.each("site", site)
    return ground


def note_text(origin, size, root):
    import base64

    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def checkpoints(desk, ground):
    last = {}

    def one(at, data):
        checkpoint, consistency = array(decode(data), 2)
        origin, size, root, key_hash, signature = array(checkpoint, 5)
        origin_of(origin), uint(size), digest_of(root), octets(key_hash, 4), octets(signature, 64)
        path = proof_of(consistency)
        need(origin.split("/")[0] == ground.tenant, "it is another tenant's")

        def signed(key):
            if key.alg != -8 or sha256(origin.encode(), b"\n\x01", key.spki[12:])[:4] != key_hash:
                return False
            try:
                key.public.verify(signature, note_text(origin, size, root))
            except InvalidSignature:
                return False
            return True

        need(any(use == LOG and signed(key) for use, key, _, _ in ground.keys), "no log key of the tenant signed it")
        if origin in last:
            verify_consistency(*last[origin], size, root, path)
        else:
            need(not path, "a consistency proof without a checkpoint before it")
        desk.bound.add(at)
        last[origin] = (size, root)
        ground.roots[origin, size] = root

    desk.each("checkpoint", one)


def rules_of(document):
    _, tenant, serial, published, effective, zone, policy, sites = tagged(document, "daka-rules", 8)
    uint(serial), text(zone, 1, 64)
    need(sint(effective) >= sint(published), "in effect before it was published")
    policy = mapping(policy)
    for key in (4, 5, 6, 7, 8):
        boolean(take(policy, key))
    return {
        "tenant": tenant_of(tenant),
        "published": published,
        "p_in": uint(take(policy, 1), 1_000_000),
        "c_out": uint(take(policy, 2), 1_000_000),
        "width": uint(take(policy, 3)),
        "disjoint": policy[8],
        "sites": [digest_of(site) for site in array(sites)],
    }


def site_of(document):
    _, tenant, site, published, body = tagged(document, "daka-site", 5)
    body = mapping(body)
    kind, lat, lon, radius = array(take(body, 3), 4)
    need(kind == 1 and type(kind) is int, "a fence that is no circle")
    return {
        "tenant": tenant_of(tenant),
        "id": octets(site, 16),
        "published": sint(published),
        "name": text(take(body, 1), 1, 200),
        "datum": uint(take(body, 2)),
        "lat": sint(lat),
        "lon": sint(lon),
        "radius": uint(radius),
    }


# ---- step 5: statements and certificates


def identity_of(value):
    tag, tenant, employee, device, enrolment = array(value, 5)
    need(tag == "daka-journal", "not tagged 'daka-journal'")
    need(not re.search(r"[\x00-\x1f\x7f-\x9f]", text(employee, 1, 64)), "a control character")
    return {"tenant": tenant_of(tenant), "employee": employee, "device": digest_of(device), "nonce": octets(enrolment, 16)}


def owners_of(desk, ground):
    statements = {}

    def one(at, data):
        signed = Signed(data)
        need(signed.kid in {key.kid for use, key, _, _ in ground.keys if use == DEVICE_CA}, "signed by no device CA")
        payload = signed.open(ground.key(DEVICE_CA, signed.kid))
        _, identity, pseudonym, name, certificate, issued, previous = tagged(payload, "daka-enrolment", 7)
        ground.key(DEVICE_CA, signed.kid, sint(issued))
        who = identity_of(identity)
        need(who["tenant"] == ground.tenant, "it is another tenant's")
        statements[sha256(data)] = {
            "identity": who,
            "journal": sha256(encode(identity)),
            "pseudonym": octets(pseudonym, 16),
            "name": digest_of(name),
            "certificate": digest_of(certificate),
            "previous": digest_of(previous),
            "ca": signed.kid,
        }
        desk.bound.add(at)

    desk.each("statement", one, "enrolment")
    certificates = {sha256(data): (at, data) for at, data in desk.all("certificate")}
    owners = {}
    for statement in statements.values():
        if statement["journal"] in owners:
            desk.report.fail("enrolment", "two statements speak of one journal")
            continue
        owner = dict(statement, complete=complete(statements, statement), key=None)
        owners[statement["journal"]] = owner
        if statement["certificate"] in certificates:
            at, der = certificates[statement["certificate"]]
            desk.bound.add(at)
            try:
                owner["key"], owner["begin"], owner["end"] = open_certificate(der, ground.key(DEVICE_CA, statement["ca"]))
                need(owner["key"].kid == statement["identity"]["device"], "it is for another key than the statement's")
            except Refused as e:
                owner["key"] = None
                desk.report.fail("device", e)
    return owners


def complete(statements, newest):
    """All statements before it are shown, back to the first, and are the same person's."""
    at = newest
    for _ in range(len(statements) + 1):
        if at["previous"] == ZEROS:
            return True
        at = statements.get(at["previous"])
        if at is None or at["pseudonym"] != newest["pseudonym"]:
            return False
    return False


def open_certificate(der, ca):
    try:
        certificate = x509.load_der_x509_certificate(der)
        r, s = decode_dss_signature(certificate.signature)
        need(encode_dss_signature(r, s) == certificate.signature and s <= P256_ORDER // 2, "its signature has another form")
        need(isinstance(certificate.signature_hash_algorithm, hashes.SHA256), "its algorithm is another")
        ca.public.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
        bits = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"]
        bits += ["key_cert_sign", "crl_sign"]
        set_bits = [bit for bit in bits if getattr(usage.value, bit)]
        need(usage.critical and set_bits == ["digital_signature"], "its key usage is not digital signature alone")
        for extension in certificate.extensions:
            if isinstance(extension.value, x509.BasicConstraints):
                need(not extension.value.ca, "it is a CA's")
            need(not isinstance(extension.value, x509.UnrecognizedExtension) or not extension.critical, "unknown critical")
        extended = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        wanted = {"1.3.6.1.5.5.7.3.4", "1.3.6.1.4.1.62558.2.1"}
        need(wanted <= {use.dotted_string for use in extended}, "its extended key usage is another's")
        spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except Refused:
        raise
    except InvalidSignature as e:
        raise Refused("its signature does not fit") from e
    except Exception as e:
        raise Refused(f"not a device certificate: {e}") from e
    return Key(spki), round(begin.timestamp() * 1000), round(end.timestamp() * 1000)


# ---- step 6: journals, chains, heads


class Stretch:
    """One epoch of a journal, checked."""

    def __init__(self, at, data):
        journal, epoch, prev_seq, prev_h, entries, heads = array(decode(data), 6)
        self.at, self.journal, self.epoch, self.prev_seq = at, digest_of(journal), uint(epoch), uint(prev_seq)
        self.prev_h, self.heads = digest_of(prev_h), [octets(head) for head in array(heads)]
        need(epoch > 0 or (prev_seq == 0 and prev_h == ZEROS), "epoch 0 stands on something")
        self.entries = [shown_of(entry) for entry in array(entries)]
        need(prev_seq + len(entries) < 2**63, "too many entries")
        self.payloads, self.hashes, self.receipts = [], [], []
        self.signed_to, self.stands_to = self.prev_seq, math.inf

    def seqs(self):
        return range(self.prev_seq + 1, self.last() + 1)

    def last(self):
        return self.prev_seq + len(self.entries)

    def hash_at(self, seq):
        i = seq - self.prev_seq
        return self.hashes[i] if 0 <= i < len(self.hashes) else None

    def receipt_for(self, seq):
        return next((r for r in self.receipts if r["from"] <= seq <= r["to"]), None)

    def shown(self, to):
        """(seq, payload or None, groups) up to `to`."""
        for seq, payload, entry in zip(self.seqs(), self.payloads, self.entries):
            if seq <= to:
                yield seq, payload, entry[2]


def shown_of(value):
    """(payload, digest, groups, salts); payload is None where only the digest is shown."""
    items = array(value)
    if len(items) == 1:
        return None, digest_of(items[0]), {}, {}
    payload, salts, groups = array(value, 3)
    need(set(mapping(salts)) == set(mapping(groups)), "salts and groups that do not belong together")
    for salt in salts.values():
        octets(salt, 16)
    for group in groups.values():
        octets(group)
    return octets(payload), sha256(payload), groups, salts


def payload_of(data):
    fields = mapping(decode(data))
    need(take(fields, 1) == 0 and type(fields[1]) is int, "another version")
    p = {
        "seq": uint(take(fields, 2)),
        "kind": uint(take(fields, 3)),
        "session": octets(take(fields, 4), 16),
        "t": uint(take(fields, 5)),
        "wall": sint(take(fields, 6)),
        "offset": sint(take(fields, 7)),
        "groups": {group: digest_of(digest) for group, digest in mapping(take(fields, 10)).items()},
        "body": take(fields, 9),
    }
    octets(take(fields, 8), 16)
    need(-1080 <= p["offset"] <= 1080, "an offset that no place has")
    body_of(p)
    return p


def point_of(value):
    epoch, seq, h = array(value, 3)
    return uint(epoch), uint(seq), digest_of(h)


def body_of(p):
    """Reads the body of a known kind into `p`; the keys of a later version are left alone."""
    kind = p["kind"]
    if kind == 0 or kind > 13:
        return
    body = mapping(p["body"])
    if kind == PUNCH:
        p["id"] = octets(take(body, 1), 16)
        for key in (2, 3, 4, 5, 9, 10, 11):
            uint(take(body, key))
        p["asked"], p["tap"], p["tap_wall"] = body[2], uint(take(body, 6)), sint(take(body, 7))
        p["rules"] = digest_of(body[8]) if 8 in body else None
        p["field"] = uint(body[12]) if 12 in body else None
    elif kind == ANCHOR:
        p["token"], p["b1"] = octets(take(body, 1)), uint(take(body, 2))
    elif kind in (EVIDENCE_ADDED, NOTE_ADDED):
        p["id"] = octets(take(body, 1), 16)
    elif kind == 5:
        for granted, revision in (array(given, 2) for given in mapping(take(body, 1)).values()):
            boolean(granted), uint(revision)
    elif kind == 7:
        sint(take(body, 1))
    elif kind == 8:
        digest_of(take(body, 1))
    elif kind == 9:
        uint(take(body, 1)), text(take(body, 2))
    elif kind == EPOCH_STARTED:
        uint(take(body, 1))
        p["prev"] = point_of(take(body, 2))
        if take(body, 3) is not None:
            point_of(body[3])
    elif kind == 11:
        octets(take(body, 1), 16), uint(take(body, 2)), sint(take(body, 3)), sint(take(body, 4))
    elif kind == 12:
        if 1 in body:
            octets(body[1], 16)
        text(take(body, 2))
    elif kind == 13:
        octets(take(body, 1), 16), digest_of(take(body, 2))


def read_entry(seq, data, groups, salts):
    payload = payload_of(data)
    need(payload["seq"] == seq, f"its payload says {payload['seq']}")
    for group, body in groups.items():
        digest = sha256(encode(["daka-group", group, salts[group], body]))
        need(payload["groups"].get(group) == digest, "a group is not the one it commits to")
    return payload


def walk_chain(desk, stretch, owners):
    s = stretch
    h = sha256(encode(["daka-chain", s.journal, s.epoch, s.prev_h]))
    s.hashes.append(h)
    for seq, (data, digest, groups, salts) in zip(s.seqs(), s.entries):
        payload = None
        if data is not None:
            try:
                payload = read_entry(seq, data, groups, salts)
            except Refused as e:
                desk.report.fail("chain", f"entry {seq}: {e}")
        s.payloads.append(payload)
        h = sha256(b"\x01", h, seq.to_bytes(8, "big"), digest)
        s.hashes.append(h)
    first = s.payloads[0] if s.payloads else None
    if first is not None:
        stands = first["kind"] == EPOCH_STARTED and first["prev"][1:] == (s.prev_seq, s.prev_h)
        if (first["kind"] == EPOCH_STARTED) != (s.epoch > 0) or (s.epoch > 0 and not stands):
            desk.report.fail("chain", f"epoch {s.epoch} does not begin by saying what it stands on")
    key = owners.get(s.journal, {}).get("key")
    need(key is not None, "the bundle shows no certificate for this journal's device")
    for data in s.heads:
        try:
            _, journal, epoch, seq, h = tagged(Signed(data).open(key), "daka-head", 5)
            ours = journal == s.journal and epoch == s.epoch and type(epoch) is int
            need(ours and s.hash_at(uint(seq)) == h, f"the entries up to {seq} are not those that were signed")
            s.signed_to = max(s.signed_to, seq)
        except Refused as e:
            desk.report.fail("signature", e)


def journals_of(desk, ground, owners):
    journals = {}

    def one(at, data):
        stretch = Stretch(at, data)
        walk_chain(desk, stretch, owners)
        epochs = journals.setdefault(stretch.journal, {})
        need(stretch.epoch not in epochs, f"two parts show epoch {stretch.epoch}")
        epochs[stretch.epoch] = stretch

    desk.each("journal", one)
    for journal, epochs in journals.items():
        stretches = journals[journal] = [epochs[n] for n in sorted(epochs)]
        for earlier, later in reversed(list(zip(stretches, stretches[1:]))):
            earlier.stands_to = later.prev_seq
            speaks = later.signed_to > later.prev_seq and earlier.hash_at(later.prev_seq) == later.prev_h
            if speaks:
                earlier.signed_to = max(earlier.signed_to, later.prev_seq)
        for s in stretches:
            if s.entries and s.signed_to == s.last():
                desk.bound.add(s.at)
            else:
                desk.report.fail("signature", f"no head of the device's key speaks for entries after {s.signed_to}")

    def receipt(at, data):
        journal, origin, size, receipt = array(decode(data), 4)
        body, index, path = array(receipt, 3)
        epoch, begin, end, received, eps, status, last_token = array(body, 7)
        digest_of(journal), origin_of(origin), uint(size), uint(index)
        uint(epoch), uint(begin), uint(end), sint(received), uint(eps, 2**32 - 1), uint(status), uint(last_token)
        path = proof_of(path)
        stretch = next((s for s in journals.get(journal, []) if s.epoch == epoch), None)
        need(stretch is not None, "it speaks of a journal that is not shown")
        h = stretch.hash_at(end)
        need(h is not None and stretch.prev_seq < begin <= end, "it speaks of entries that are not shown")
        segment = [journal, epoch, begin, end, h, received, eps, status, last_token]
        leaf = sha256(encode(["daka-leaf", 1, b"", segment]))
        verify_inclusion(leaf, index, size, path, ground.root_of(origin, size))
        desk.bound.add(at)
        stretch.receipts.append(
            {"origin": origin, "from": begin, "to": end, "received": received, "eps": eps, "status": status, "last": last_token}
        )

    desk.each("receipt", receipt)
    for stretches in journals.values():
        for s in stretches:
            s.receipts.sort(key=lambda r: (r["status"] != 1, r["to"]))
    return journals


# ---- step 7: times


class Times:
    """The history of one journal, its anchors and its intervals."""

    def __init__(self, desk, ground, journal, stretches):
        self.desk, self.ground, self.journal = desk, ground, journal
        self.lines, self.anchors, self.used, self.ended, self.last = [], [], set(), set(), None
        self.cache = {}
        for s in stretches:
            receipts = sorted(s.receipts, key=lambda r: r["to"])
            for seq, payload, _ in s.shown(min(s.signed_to, s.stands_to)):
                if payload is not None:
                    self.entry(s, payload)
                while receipts and receipts[0]["to"] <= seq:
                    r = receipts.pop(0)
                    self.lines.append({"kind": "received", "server_ms": r["received"], "eps_ms": r["eps"]})

    def entry(self, stretch, p):
        seq, session, t = p["seq"], p["session"].hex(), p["t"]
        line = {"kind": "reading", "seq": seq, "session": session, "t": t, "wall_ms": p["wall"]}
        anchor = refused = None
        if p["kind"] == PUNCH:
            line.update(kind="punch", id=seq, tap=p["tap"], tap_wall_ms=p["tap_wall"])
        elif p["kind"] == ANCHOR:
            try:
                anchor = self.anchor(stretch, p)
                line.update(kind="anchor", b0=anchor["b0"], b1=p["b1"], server_ms=anchor["S"], eps_ms=anchor["eps"])
                line["head_seq"] = anchor["head_seq"]
            except Refused as e:
                refused = e
        try:
            if self.last:
                need(seq > self.last["seq"], "its seq does not rise")
                if session == self.last["session"]:
                    need(t >= self.last["t"], "its reading falls")
                else:
                    need(session not in self.ended, "its session had already ended")
                    self.ended.add(self.last["session"])
            need(line["kind"] != "punch" or line["tap"] <= t, "its tap comes after its commit")
        except Refused as e:
            self.desk.report.fail("time", f"entry {seq}: {e}")
            return
        self.last = line
        self.lines.append(line)
        if anchor:
            self.used.add(anchor["digest"])
            self.anchors.append(anchor)
        if refused:
            self.desk.report.fail("time", f"the anchor at entry {seq} does not count: {refused}")

    def anchor(self, stretch, p):
        signed = Signed(p["token"])
        payload = signed.open(self.ground.key(TIME, signed.kid))
        _, origin, journal, epoch, head_seq, head_h, session, client, b0, counter, S, eps = tagged(payload, "daka-time", 12)
        text(origin), octets(client, 16), uint(b0), uint(counter), sint(S), uint(eps, 2**32 - 1)
        self.ground.key(TIME, signed.kid, S)
        ours = (journal, epoch, session) == (self.journal, stretch.epoch, p["session"])
        need(ours and type(epoch) is int, "it was given to another journal, epoch or session")
        on_chain = uint(head_seq) < p["seq"] and stretch.hash_at(head_seq) == digest_of(head_h)
        need(on_chain, "the head it signs is not on this chain before it")
        need(b0 <= p["b1"] <= p["t"], "its readings are not in order")
        digest = sha256(p["token"])
        need(digest not in self.used, "an earlier anchor used the same token")
        return {
            "seq": p["seq"],
            "origin": origin,
            "session": session,
            "counter": counter,
            "S": S,
            "eps": eps,
            "b0": b0,
            "head_seq": head_seq,
            "digest": digest,
        }

    def of(self, seq, width):
        """What is known of the tap of punch `seq` when intervals up to `width` ms are called Verified."""
        if width not in self.cache:
            history = time_intervals.History(0, verified_width_ms=width)
            for line in self.lines:
                history.add(line)
            self.cache[width] = {punch["id"]: punch for punch in history.punches()}
        return self.cache[width].get(seq)

    def nothing_held_back(self, stretches, stretch, p):
        receipt = stretch.receipt_for(p["seq"])
        if receipt is None:
            return False
        anchors = [a for a in self.anchors if a["origin"] == receipt["origin"]]
        ours = {a["counter"] for a in anchors if a["session"] == p["session"]}
        others = [a for a in anchors if a["session"] != p["session"]]
        earlier = max((a["counter"] for a in others if a["seq"] < p["seq"]), default=0)
        later = min((a["counter"] for a in others if a["seq"] > p["seq"]), default=None)
        last = receipt["last"] if later is None else min(receipt["last"], max(later - 1, 0))
        if len({c for c in ours if earlier < c <= last}) != max(last - earlier, 0):
            return False
        until = p["tap"] + LATE_EVIDENCE_MS
        for s in stretches:
            if s.epoch < stretch.epoch:
                continue
            for seq, payload, _ in s.shown(min(s.signed_to, s.stands_to)):
                if seq <= p["seq"]:
                    continue
                if payload is None:
                    return False
                if payload["session"] != p["session"] or payload["t"] > until:
                    return True
        return False


# ---- step 8: places (docs/format/place.md)

A, E2 = 6_378_137.0, 0.006_694_379_990_14
NO_CONSENT, NO_FENCE, NO_FIX, NO_ACCURACY, TOO_OLD, FUTURE = 1, 2, 3, 4, 5, 6
COARSE, IMPRECISE, STALE, MOCK, NEAR_EDGE = 7, 8, 9, 10, 11
REASONS = "no_consent no_fence no_fix no_accuracy fix_too_old fix_from_future coarse_fix precise_off stale_fix mock_fix near_edge"
REASONS = (REASONS + " evidence_conflict radio_match radio_weak radio_unreadable radio_none").split()
NOT_EVALUATED, INSIDE, OUTSIDE, UNCERTAIN = 0, 1, 2, 3


def fixes_of(data, late):
    group = mapping(decode(data))
    need(take(group, 1) == 1, "another datum than WGS-84")
    fixes = []
    for lat, lon, accuracy, age, platform, provider, mock, precise, altitude, speed in (
        array(fix, 10) for fix in array(take(group, 2))
    ):
        need(abs(sint(lat)) <= 900_000_000 and abs(sint(lon)) <= 1_800_000_000, "a position that is none")
        uint(platform, 2**32 - 1), uint(provider, 2**32 - 1), uint(mock, 2), uint(precise, 2)
        accuracy = None if accuracy is None else uint(accuracy, 100_000_000)
        speed = None if speed is None else uint(speed, 1_000_000)
        need(altitude is None or abs(sint(altitude)) <= 1_000_000, "an altitude that is none")
        if late and sint(age) >= -LATE_EVIDENCE_MS:
            age = abs(age)
        fixes.append(
            {"lat": lat, "lon": lon, "accuracy": accuracy or None, "age": age, "platform": platform, "mock": mock}
            | {"precise": precise, "speed": speed or 0}
        )
    return fixes


def round_half_away(x):
    return math.floor(x + 0.5) if x >= 0 else -math.floor(-x + 0.5)


def sigma_mm(fix):
    factor = 1 / math.sqrt(-2 * math.log(0.32)) if fix["platform"] == 1 else 1 / math.sqrt(2)
    claimed = max(factor * fix["accuracy"] / 10, 3.0)
    moved = max(fix["speed"] / 100, 1.5) * min(max(fix["age"], 0), 300_000) / 1000
    return round_half_away(math.hypot(claimed, moved) * 1000)


def earth_centred(lat_e7, lon_e7):
    phi, lam = math.radians(lat_e7 / 1e7), math.radians(lon_e7 / 1e7)
    n = A / math.sqrt(1 - E2 * math.sin(phi) ** 2)
    return (n * math.cos(phi) * math.cos(lam), n * math.cos(phi) * math.sin(lam), n * (1 - E2) * math.sin(phi))


def fuse(fixes):
    """(lat in 1e-7 degrees, lon, sigma in mm)."""
    sigmas = [sigma_mm(fix) for fix in fixes]
    if len(fixes) == 1:
        return fixes[0]["lat"], fixes[0]["lon"], sigmas[0]
    points = [earth_centred(fix["lat"], fix["lon"]) for fix in fixes]
    weights = [1000 / sigma for sigma in sigmas]
    average = lambda ws: tuple(sum(w * p[i] for w, p in zip(ws, points)) / sum(ws) for i in range(3))
    median = average(weights)
    for _ in range(100):
        median = average([w / math.sqrt(math.dist(median, p) ** 2 + 0.01) for w, p in zip(weights, points)])
    residuals = sorted(math.dist(median, p) * w for w, p in zip(weights, points))
    scatter = residuals[len(points) // 2] / math.sqrt(2 * math.log(2))
    x, y, z = median
    lat = math.degrees(math.atan2(z, math.hypot(x, y) * (1 - E2)))
    lon = math.degrees(math.atan2(y, x))
    sigma = len(points) / sum(weights) * max(scatter, 1) * 1000
    return round_half_away(lat * 1e7), round_half_away(lon * 1e7), round_half_away(sigma)


def distance_m(site, lat_e7, lon_e7):
    """From the fence's centre: tangent plane of first order up to 1 km, of second order up to 20 km, then the geodesic."""
    phi = math.radians(site["lat"] / 1e7)
    sin, cos = math.sin(phi), math.cos(phi)
    w = 1 - E2 * sin * sin
    n, m = A / math.sqrt(w), A * (1 - E2) / w**1.5
    dm = 3 * m * E2 * sin * cos / w
    e7 = lon_e7 - site["lon"]
    e7 -= 3_600_000_000 if e7 > 1_800_000_000 else 0
    e7 += 3_600_000_000 if e7 <= -1_800_000_000 else 0
    dlon, dlat = math.radians(e7 / 1e7), math.radians((lat_e7 - site["lat"]) / 1e7)
    if abs(site["lat"]) <= 850_000_000:
        near = math.hypot(dlon * n * cos, dlat * m)
        if near <= 1_000:
            return near
        far = math.hypot(
            dlon * (n * cos - m * sin * dlat), dlat * (m + 0.5 * dm * dlat) + 0.5 * n * sin * cos * dlon * dlon
        )
        if far <= 20_000:
            return far
    from geographiclib.geodesic import Geodesic

    line = Geodesic.WGS84.Inverse(site["lat"] / 1e7, site["lon"] / 1e7, lat_e7 / 1e7, lon_e7 / 1e7)
    return line["s12"]


def probability(distance_mm, sigma, site):
    """P(inside) in millionths, exactly."""
    centre = (distance_mm + site["radius"]) / 1000
    return float(place_circle.inside(centre, site["radius"] / 1000, max(sigma, 1) / 1000)) * 1e6


def compatibility(distance_mm, sigma):
    s = max(distance_mm, 0) / max(sigma, 1)
    return round_half_away(math.exp(-s * s / 2) * 1e6)


def blemishes(fix):
    found = set()
    if fix["accuracy"] is not None and fix["accuracy"] > 10_000:
        found.add(COARSE)
    if fix["precise"] == 0:
        found.add(IMPRECISE)
    if fix["age"] > 60_000:
        found.add(STALE)
    return found


def unusable(fix):
    if fix["age"] < 0:
        return FUTURE
    if fix["age"] > 300_000:
        return TOO_OLD
    return NO_ACCURACY if fix["accuracy"] is None else None


def verdict_of(data):
    group = mapping(decode(data))
    optional = lambda key, read: read(group[key]) if key in group else None
    return {
        "verdict": uint(take(group, 1)),
        "reasons": [uint(reason) for reason in array(take(group, 2))],
        "site": optional(3, lambda v: octets(v, 16)),
        "p": optional(4, uint),
        "distance": optional(5, sint),
        "sigma": optional(6, uint),
        "floor": optional(7, sint),
        "runner_up": optional(8, uint),
    }


BARE = {"site": None, "p": None, "distance": None, "sigma": None, "floor": None, "runner_up": None}


def check_from_fixes(claimed, rules, sites, fixes):
    """Refuses a verdict that does not follow from the fixes. Floating point may differ by a last bit, so figures may by one."""
    why = "the verdict does not follow from the fixes and the site's fence"

    def not_evaluated(reasons):
        need(claimed == {"verdict": NOT_EVALUATED, "reasons": sorted(set(reasons)), **BARE}, why)

    if claimed["reasons"] == [NO_CONSENT]:
        return not_evaluated([NO_CONSENT])
    missing = [NO_FENCE] * (not sites) + [NO_FIX] * (not fixes)
    usable = [fix for fix in fixes if unusable(fix) is None]
    if not usable:
        missing += [unusable(fix) for fix in fixes]
    if missing:
        return not_evaluated(missing)
    clean = [fix for fix in usable if not blemishes(fix)]
    taken = clean or usable
    reasons = set().union(*(blemishes(fix) for fix in taken))
    if any(fix["mock"] == 1 for fix in usable):
        reasons.add(MOCK)
    lat, lon, sigma = fuse(taken)
    need(claimed["sigma"] is not None and abs(claimed["sigma"] - sigma) <= 1, why)
    measured = []
    for site in sites:
        distance = round_half_away(distance_m(site, lat, lon) * 1000) - site["radius"]
        if site["id"] == claimed["site"]:
            # The long line beyond 20 km differs from the geodesic by up to 4e-6.
            allowed = 2 if distance + site["radius"] <= 20_000_000 else (distance + site["radius"]) * 5e-6
            need(claimed["distance"] is not None and abs(claimed["distance"] - distance) <= allowed, why)
            distance = claimed["distance"]
        measured.append((probability(distance, claimed["sigma"], site), -distance, site, distance))
    # Two sites may be as likely as each other within a millionth; then the nearer is named, then the one with the lower id.
    measured.sort(key=lambda m: (-round_half_away(m[0]), m[3], m[2]["id"]))
    best = next((m for m in measured if m[2]["id"] == claimed["site"]), None)
    need(best is not None and measured[0][0] - best[0] <= 200, why)
    rest = sorted((m[0] for m in measured if m is not best), reverse=True)
    p = min(sum(m[0] for m in measured), 1e6) if rules["disjoint"] else best[0]
    need(claimed["p"] is not None and abs(claimed["p"] - p) <= 1 + len(sites), why)
    runner_up = claimed["runner_up"]
    need((runner_up is None) == (not rest) and (not rest or abs(runner_up - rest[0]) <= 200), why)
    outside = all(compatibility(m[3], claimed["sigma"]) <= rules["c_out"] for m in measured)
    expect_verdict(claimed, rules, reasons, outside, why)


def expect_verdict(claimed, rules, blemished, outside, why):
    """The verdict from the recorded P, so that a threshold is compared with the same number everywhere."""
    reasons = set(blemished)
    if reasons:
        verdict = UNCERTAIN
    elif claimed["p"] >= rules["p_in"]:
        verdict = INSIDE
    elif outside:
        verdict = OUTSIDE
    else:
        verdict, reasons = UNCERTAIN, {NEAR_EDGE}
    need((claimed["verdict"], claimed["reasons"]) == (verdict, sorted(reasons)), why)


def check_from_figures(claimed, rules, sites):
    """True if the verdict follows from its distance and sigma, False if these do not decide it; refuses what contradicts them."""
    why = "the verdict does not follow from its distance and doubt"
    if None in (claimed["site"], claimed["distance"], claimed["sigma"]):
        return False
    if not set(claimed["reasons"]) <= {COARSE, IMPRECISE, STALE, MOCK, NEAR_EDGE}:
        return False
    if rules["disjoint"] and len(sites) > 1:
        return False
    site = next((s for s in sites if s["id"] == claimed["site"]), None)
    need(site is not None and claimed["distance"] + site["radius"] >= 0, why)
    p = probability(claimed["distance"], claimed["sigma"], site)
    need(claimed["p"] is not None and abs(claimed["p"] - p) <= 1, why)
    outside = compatibility(claimed["distance"], claimed["sigma"]) <= rules["c_out"]
    blemished = set(claimed["reasons"]) - {NEAR_EDGE}
    if not blemished and claimed["p"] < rules["p_in"] and outside and len(sites) > 1:
        return False
    expect_verdict(claimed, rules, blemished, outside, why)
    return True


# ---- step 9: what each punch shows


class Case:
    def __init__(self, desk, ground, journal, owner, stretches, photos):
        self.desk, self.ground, self.owner, self.stretches, self.photos = desk, ground, owner, stretches, photos
        self.name = self.find_name()
        self.times = Times(desk, ground, journal, stretches)

    def find_name(self):
        for at, data in self.desk.all("name"):
            try:
                salt, name = array(decode(data), 2)
                octets(salt, 16), text(name)
            except Refused:
                continue
            if sha256(encode(["daka-name", salt, name])) == self.owner["name"]:
                self.desk.bound.add(at)
                return name
        return None

    def punches(self):
        for stretch in self.stretches:
            for _, payload, groups in stretch.shown(math.inf):
                if payload is not None and payload["kind"] == PUNCH:
                    yield self.punch(stretch, payload, groups)

    def punch(self, stretch, p, groups):
        redacted = [GROUPS.get(g, "unknown") for g in sorted(p["groups"]) if g not in groups]
        r = {
            "id": str(uuid.UUID(bytes=p["id"])),
            "seq": p["seq"],
            "asked": ASKED.get(p["asked"], "unknown"),
            "field": None if p["field"] is None else FIELD.get(p["field"], "unknown"),
            "employee": self.owner["identity"]["employee"],
            "name": self.name,
            "time": None,
            "place": None,
            "received_ms": None,
            "holds": [],
            "redacted": redacted,
            "missing": [],
            "fails": [],
        }
        if p["seq"] > stretch.signed_to:
            r["missing"] = ["chain", "signature"]
            return r
        r["holds"] += ["chain", "signature"]
        self.receipt(stretch, p, r)
        r["holds" if self.owner["complete"] else "missing"].append("enrolment")
        if self.name is not None:
            r["holds"].append("name")
        self.time(stretch, p, r)
        records = [(p, groups, False)]
        for s in self.stretches:
            for _, payload, more in s.shown(s.signed_to):
                if payload and payload["kind"] in (EVIDENCE_ADDED, NOTE_ADDED) and payload["id"] == p["id"]:
                    records.append((payload, more, True))
        self.place(p, records, r)
        self.files(records, r)
        return r

    def fail(self, r, what, why):
        r["fails"].append({"what": what, "why": str(why)})

    def receipt(self, stretch, p, r):
        receipt = stretch.receipt_for(p["seq"])
        if receipt is None:
            r["missing"] += ["receipt", "device"]
            return
        r["received_ms"] = receipt["received"]
        if receipt["status"] == 1:
            r["holds"].append("receipt")
        else:
            status = STATUS.get(receipt["status"], "unknown")
            self.fail(r, "receipt", f"the server has it, and put it aside for a person: {status}")
        if self.owner["begin"] <= receipt["received"] <= self.owner["end"]:
            r["holds"].append("device")
        else:
            self.fail(r, "device", "the certificate was not valid when the server had it")

    def rules_for(self, p):
        return self.ground.rules.get(p["rules"]) if p["rules"] else None

    def time(self, stretch, p, r):
        pinned = self.rules_for(p)
        width = min(pinned[1]["width"], 2**32 - 1) if pinned else 120_000
        time = self.times.of(p["seq"], width) if p["seq"] <= stretch.stands_to else None
        if time is None:
            r["missing"].append("time")
            return
        all_shown = self.times.nothing_held_back(self.stretches, stretch, p)
        end = lambda at, source: None if at is None else {"at": at, "from": source}
        r["time"] = {
            "interval": {
                "earliest": end(time["earliest_ms"], time["earliest_from"]),
                "latest": end(time["latest_ms"], time["latest_from"]),
            },
            "word": "bounded" if time["word"] == "verified" and not all_shown else time["word"],
            "wall_ms": p["tap_wall"],
            "offset_min": p["offset"],
        }
        r["missing" if time["word"] == "unverified" else "holds"].append("time")
        r["holds" if all_shown else "missing"].append("all_evidence")

    def pinned(self, p, r):
        """(rules, sites), or None where they are not shown."""
        if p["rules"] is None:
            return {"disjoint": False, "p_in": 950_000, "c_out": 50_000}, []
        if self.rules_for(p) is None:
            r["missing"].append("rules")
            return None
        at, rules = self.rules_for(p)
        self.desk.bound.add(at)
        r["holds"].append("rules")
        sites = [self.ground.sites[digest] for digest in rules["sites"] if digest in self.ground.sites]
        self.desk.bound.update(at for at, _ in sites)
        if len(sites) < len(rules["sites"]):
            return None
        sites = [site for _, site in sites]
        usable = lambda s: s["datum"] == 1 and 10_000 <= s["radius"] <= 20_000_000
        on_earth = lambda s: abs(s["lat"]) <= 900_000_000 and abs(s["lon"]) <= 1_800_000_000
        if not all(usable(s) and on_earth(s) for s in sites) or rules["c_out"] >= rules["p_in"]:
            self.fail(r, "rules", "a rule set that no verdict can be taken under")
            return None
        return rules, sites

    def place(self, p, records, r):
        pinned = self.pinned(p, r)
        if pinned is None:
            r["missing"].append("place")
            return
        rules, sites = pinned
        fixes, all_fixes, any_fixes, last = [], True, False, None
        try:
            for payload, groups, late in records:
                if PLACE in groups:
                    fixes += fixes_of(groups[PLACE], late)
                    any_fixes = True
                elif PLACE in payload["groups"]:
                    all_fixes = False
                if VERDICT not in groups:
                    if VERDICT in payload["groups"]:
                        last = None
                    continue
                verdict = verdict_of(groups[VERDICT])
                no_fix = bool({NO_CONSENT, NO_FIX} & set(verdict["reasons"]))
                if all_fixes and (any_fixes or no_fix):
                    check_from_fixes(verdict, rules, sites, fixes)
                    last = ("place", verdict)
                else:
                    last = ("place_figures" if check_from_figures(verdict, rules, sites) else None, verdict)
        except Refused as e:
            self.fail(r, "place", e)
            return
        claim, verdict = last or (None, None)
        if claim:
            r["holds"].append(claim)
        if claim != "place":
            r["missing"].append("place")
        if verdict:
            names = {site["id"]: site["name"] for site in sites}
            codes = ["not_evaluated", "inside", "outside", "uncertain"]
            r["place"] = {
                "verdict": codes[verdict["verdict"]] if verdict["verdict"] < 4 else "unknown",
                "reasons": [REASONS[n - 1] if 0 < n <= len(REASONS) else "unknown" for n in verdict["reasons"]],
                "p_millionths": verdict["p"],
                "distance_mm": verdict["distance"],
                "site": names.get(verdict["site"]),
            }

    def files(self, records, r):
        shown = missing = note = False
        for _, groups, _ in records:
            try:
                if NOTE in groups:
                    fields = mapping(decode(groups[NOTE]))
                    for key in {1, 2} & set(fields):
                        text(fields[key])
                    note = True
            except Refused as e:
                self.fail(r, "note", e)
            try:
                for file in evidence_of(groups[EVIDENCE]) if EVIDENCE in groups else []:
                    found = [at for digest in file for at in self.photos.get(digest, [])]
                    self.desk.bound.update(found[:1])
                    shown, missing = shown or bool(found), missing or not found
            except Refused as e:
                self.fail(r, "photo", e)
        if note:
            r["holds"].append("note")
        if missing:
            r["missing"].append("photo")
        elif shown:
            r["holds"].append("photo")


def evidence_of(data):
    """(content digest, camera digest) of each photo."""
    files = array(decode(data))
    need(1 <= len(files) <= 9, "no photo, or more than nine")
    out = []
    for file in map(mapping, files):
        camera, content = digest_of(take(file, 1)), digest_of(take(file, 2))
        uint(take(file, 3)), text(take(file, 4)), uint(take(file, 5)), boolean(take(file, 7)), text(take(file, 8))
        if 6 in file:
            octets(file[6], 16)
        if 9 in file:
            [uint(n) for n in array(file[9], 4)]
        if 10 in file:
            uint(file[10])
        out.append((content, camera))
    return out


def verify(data, trusted=None):
    """The report, as the JSON that is printed. `trusted`: the root's SubjectPublicKeyInfo, or None."""
    report = Report("given" if trusted else "not_given")
    try:
        parts, damaged = open_container(data)
    except Refused as e:
        report.fail("container", e)
        return report.json()
    desk = Desk(parts, damaged, report)
    for i in sorted(damaged):
        report.fail(code(parts[i][0]), f"part {i} is not the one that the index names")
    for i, part in enumerate(parts):
        if part in parts[:i]:
            report.fail(code(part[0]), f"part {i} is there twice")
    root = open_root(desk, trusted)
    if root is not None:
        report.root = root.kid
        ground = open_ground(desk, root)
        if ground is not None:
            owners = owners_of(desk, ground)
            journals = journals_of(desk, ground, owners)
            photos = {}
            for at, body in desk.all("photo"):
                photos.setdefault(sha256(body), []).append(at)
            for journal in sorted(journals):
                if journal in owners:
                    case = Case(desk, ground, journal, owners[journal], journals[journal], photos)
                    report.punches += case.punches()
    for i, (kind, _) in enumerate(parts):
        if i not in desk.bound and i not in damaged:
            report.fail(code(kind), f"part {i} is bound by no signature, digest or proof that holds")
    return report.json()


def open_root(desk, trusted):
    trusted = Key(trusted) if trusted else None
    found = desk.single("root")
    if found is None:
        return trusted
    at, spki = found
    try:
        root = Key(spki)
        if trusted and trusted.spki != root.spki:
            desk.report.fail("trust", f"the bundle was made under another root, {root.kid.hex()}")
            return None
    except Refused as e:
        desk.report.fail("root", e)
        return None
    desk.bound.add(at)
    return root


def read_pem(path):
    key = load_pem_public_key(Path(path).read_bytes())
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def say(report):
    for punch in report["punches"]:
        time = punch["time"]
        when = f"{time['word']} {time['interval']}" if time else "no time"
        print(f"{punch['id']}  {punch['asked']}  {when}  {(punch['place'] or {}).get('verdict', 'no place')}")
        for key in ("holds", "redacted", "missing"):
            if punch[key]:
                print(f"    {key}: {', '.join(punch[key])}")
        for fail in punch["fails"]:
            print(f"    FAILS {fail['what']}: {fail['why']}")
        if "all_evidence" in punch["missing"]:
            print("    other evidence may be withheld")
    for fail in report["fails"]:
        print(f"FAILS {fail['what']}: {fail['why']}")
    if report["trust"] == "not_given":
        print(f"root {report['root']}: no root was given to trust, so only inner consistency was shown")
    print("ok" if report["ok"] else "not ok")


def main():
    arguments = argparse.ArgumentParser(description="Verifies a Daka proof bundle.")
    arguments.add_argument("bundle")
    arguments.add_argument("root", nargs="?", help="the tenant root's public key, PEM")
    arguments.add_argument("--trust", help="the same")
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    pem = given.trust or given.root
    root = read_pem(pem) if pem else None
    path, ok = Path(given.bundle), True
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        report = verify(file.read_bytes(), root)
        ok = ok and report["ok"]
        if given.json:
            print(json.dumps(report))
        else:
            say(report)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
