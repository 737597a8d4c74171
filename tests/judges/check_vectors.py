#!/usr/bin/env python3
"""Checks the golden vectors of docs/format/vectors with other people's libraries, and nothing of the core.

cbor2 (deterministic encoding), pycose (COSE_Sign1), cryptography (keys, X.509, PKCS#10), hashlib and hmac (digests, HKDF), uuid,
base64. The CDDL is checked against the same files by tests/tests/peers_cddl.rs, because no validator for Python takes all of it.

Last line: `N passed, N failed`.
"""

import base64
import hashlib
import hmac
import json
import sys
import urllib.parse
import uuid
from pathlib import Path

import verify_bundle as vb
from verify_bundle import Refused, decode, encode, need, sha256

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "format" / "vectors"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
passed, failed = 0, []
KEYS = {}


def check(where, condition, why):
    global passed
    if condition:
        passed += 1
    else:
        failed.append(f"{where}: {why}")
        print(f"FAILED {where}: {why}")


def raw(text):
    return bytes.fromhex(text)


def diagnostic(value):
    """RFC 8949, section 8, as far as our subset goes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f"h'{value.hex()}'"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(diagnostic, value))}]"
    return f"{{{', '.join(f'{k}: {diagnostic(v)}' for k, v in value.items())}}}"


def hkdf(seed, name, length):
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"daka/" + name.encode()).derive(seed)


def keys(where, v):
    spki, private = raw(v["hex"]), raw(v["private"])
    KEYS[v["name"]] = vb.Key(spki)
    check(where, sha256(b"daka test ", v["name"].encode()) == private, "the private key is another digest")
    if v["alg"] == -7:
        public = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1()).public_key()
    else:
        public = ed25519.Ed25519PrivateKey.from_private_bytes(private).public_key()
    derived = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    check(where, derived == spki, "the public key is another's")
    check(where, sha256(spki).hex() == v["kid"], "the kid is no SHA-256 of it")


def entry(where, v):
    """The secret behind an entry's digests."""
    payload, seed = decode(raw(v["hex"])), raw(v["seed"])
    check(where, hkdf(seed, "blind", 16) == payload[8] == raw(v["blind"]), "blind")
    check(where, hkdf(seed, "bssid", 32) == raw(v["bssid_key"]), "bssid key")
    check(where, set(payload[10]) == {g["group"] for g in v["groups"]}, "the payload names other groups")
    for g in v["groups"]:
        salt = hkdf(seed, f"salt/{g['group']}", 16)
        check(where, salt == raw(g["salt"]), f"salt of group {g['group']}")
        digest = sha256(encode(["daka-group", g["group"], salt, raw(g["hex"])]))
        check(where, digest == raw(g["digest"]) == payload[10][g["group"]], f"digest of group {g['group']}")
    if "chain" in v:
        chain = v["chain"]
        step = sha256(b"\x01", raw(chain["before"]), payload[2].to_bytes(8, "big"), sha256(raw(v["hex"])))
        check(where, payload[2] == chain["seq"] and step == raw(chain["after"]), "chain step")


def rebuilt(where, v):
    """What a receiver makes of an upload."""
    _, _, epoch, prev_seq, _, begin, entries, head = decode(raw(v["hex"]))
    session, h = None, raw(v["rebuilt"]["before"])
    for seq, item, payload, digest in zip(
        range(begin, begin + len(entries)), entries, v["rebuilt"]["payloads"], v["rebuilt"]["digests"], strict=True
    ):
        if len(item) == 1:
            ours = item[0]
            check(where, payload is None, f"entry {seq} is erased")
        else:
            if isinstance(item[0], dict):
                fields, seed, groups = dict(item[0]), item[1], item[2]
                fields.setdefault(4, session)
                digests = {
                    g: sha256(encode(["daka-group", g, hkdf(seed, f"salt/{g}", 16), body])) for g, body in groups.items()
                }
                fields.update({2: seq, 8: hkdf(seed, "blind", 16), 10: digests})
                whole = encode(fields)
            else:
                whole, salts, groups = item
                fields = decode(whole)
                for g, body in groups.items():
                    ok = sha256(encode(["daka-group", g, salts[g], body])) == fields[10][g]
                    check(where, ok and set(salts) == set(groups), f"group {g} of entry {seq}")
            session = fields[4]
            ours = sha256(whole)
            check(where, whole.hex() == payload, f"payload of entry {seq}")
        check(where, ours.hex() == digest, f"digest of entry {seq}")
        h = sha256(b"\x01", h, seq.to_bytes(8, "big"), ours)
    check(where, h == raw(v["rebuilt"]["after"]), "h after the last entry")
    if head:
        signed = vb.Signed(head)
        _, _, head_epoch, head_seq, head_h = decode(signed.open(KEYS["device"]))
        ends = (epoch, begin + len(entries) - 1, h)
        check(where, (head_epoch, head_seq, head_h) == ends, "the head is over another point")


def signed(where, v):
    try:
        payload = vb.Signed(raw(v["hex"])).open(KEYS[v["signed_by"]])
        check(where, decode(payload) is not None, "the payload")
    except Refused as e:
        check(where, False, str(e))


def certificate(where, v):
    der = raw(v["hex"])
    try:
        key, begin, end = vb.open_certificate(der, KEYS["device CA"])
    except Refused as e:
        return check(where, False, str(e))
    check(where, key.spki == KEYS[v["certificate_of"]].spki, "another key")
    check(where, (begin, end) == (v["not_before_ms"], v["not_after_ms"]), "another validity")
    check(where, end - begin == 5 * 365 * 86_400_000, "not five years of 365 days")
    it = x509.load_der_x509_certificate(der)
    check(where, it.version is x509.Version.v3 and 0 < it.serial_number < 2**159, "version or serial")
    authority = it.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    check(where, authority.key_identifier == KEYS["device CA"].kid, "authority key id")
    check(where, "Kim" not in it.subject.rfc4514_string(), "a person's name")


def request(where, v):
    csr = x509.load_der_x509_csr(raw(v["hex"]))
    spki = csr.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    check(where, csr.is_signature_valid and spki == KEYS[v["csr_of"]].spki, "not signed by its key")
    check(where, not list(csr.subject), "a subject")
    check(where, decode_dss_signature(csr.signature)[1] <= vb.P256_ORDER // 2, "the higher s")


def tree(where, v):
    leaves = [raw(leaf) for leaf in v["leaves"]]

    def root(part):
        """RFC 9162, section 2.1.1, by its definition."""
        if not part:
            return sha256(b"")
        if len(part) == 1:
            return sha256(b"\x00", part[0])
        k = 1 << (len(part) - 1).bit_length() - 1
        return sha256(b"\x01", root(part[:k]), root(part[k:]))

    check(where, root(leaves).hex() == v["root"], "root")
    for i in v.get("inclusion", []):
        try:
            vb.verify_inclusion(leaves[i["index"]], i["index"], len(leaves), [raw(p) for p in i["proof"]], root(leaves))
            check(where, True, "")
        except Refused as e:
            check(where, False, f"inclusion of {i['index']}: {e}")
    for c in v.get("consistency", []):
        old = c["from"]
        try:
            path = [raw(p) for p in c["proof"]]
            vb.verify_consistency(old, root(leaves[:old]), len(leaves), root(leaves), path)
            check(where, True, "")
        except Refused as e:
            check(where, False, f"consistency from {old}: {e}")
    return root(leaves)


def note(where, v):
    """C2SP signed-note and tlog-checkpoint, from the text alone."""
    origin, size, root, key_hash, signature = decode(raw(v["hex"]))
    body, _, signatures = v["note"].rpartition("\n\n")
    body += "\n"
    lines = body.split("\n")
    check(where, lines[0] == origin and lines[1] == str(size) and base64.b64decode(lines[2]) == root, "the text")
    check(where, signatures.endswith("\n") and signatures.startswith("\u2014 "), "the signature line")
    dash, name, blob = signatures.rstrip("\n").split(" ")
    blob = base64.b64decode(blob)
    key = KEYS[v["note_key"]]
    expected = sha256(name.encode(), b"\n", b"\x01", key.spki[12:])[:4]
    check(where, name == origin and blob[:4] == key_hash == expected and blob[4:] == signature, "name or key hash")
    try:
        key.public.verify(blob[4:], body.encode())
        check(where, True, "")
    except Exception:
        check(where, False, "the signature does not fit")
    check(where, tree(where, {"leaves": v["of_leaves"], "root": root.hex()}) == root, "root")


def receipt(where, v):
    body, index, path = decode(raw(v["hex"]))
    epoch, begin, end, received, eps, status, last = body
    segment = [raw(v["journal"]), epoch, begin, end, raw(v["h"]), received, eps, status, last]
    leaf = sha256(encode(["daka-leaf", 1, b"", segment]))
    try:
        vb.verify_inclusion(leaf, index, v["size"], path, raw(v["root"]))
        check(where, True, "")
    except Refused as e:
        check(where, False, str(e))


def published(where, v):
    document, salt, _, index, size, path = vb.published_of(raw(v["hex"]))
    kind = v["leaf_kind"]
    if kind == 2:
        number = decode(vb.Signed(document).open(KEYS["root"]))[2]
    else:
        number = (vb.rules_of if kind == 3 else vb.site_of)(document)["published"]
    leaf = sha256(encode(["daka-leaf", kind, salt, [sha256(document), number]]))
    try:
        vb.verify_inclusion(leaf, index, size, path, raw(v["root"]))
        check(where, True, "")
    except Refused as e:
        check(where, False, str(e))


def qr(where, v):
    scheme, _, query = v["qr"].partition("?")
    check(where, scheme == "daka:1", "the scheme")
    pairs = [pair.split("=") for pair in query.split("&")]
    got = {name: value for name, value in pairs}
    unpadded = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()
    decoded = v["decoded"]
    check(where, [name for name, _ in pairs] == ["u", "r", "c"] + ["p"] * (decoded["p"] is not None), "parameters")
    check(where, urllib.parse.unquote(got["u"]) == decoded["u"], "u")
    check(where, urllib.parse.quote(decoded["u"], safe="") == got["u"], "only unreserved characters stand for themselves")
    for name in "rcp":
        if decoded[name]:
            check(where, unpadded(got[name]) == decoded[name] and "=" not in got[name], name)
    check(where, sha256(b"daka-code", raw(decoded["c"]))[:4].hex() == decoded["hint"], "hint")


def typed(where, v):
    """An address and eight characters, in every way to type them."""
    for text in [v["typed"], *v["also"]]:
        address, *code = text.split()
        scheme, _, rest = address.rpartition("://")
        host, slash, path = rest.partition("/")
        url = f"{scheme.lower() or 'https'}://{host.lower()}{slash}{path}".rstrip("/")
        check(where, url == v["decoded"]["u"], f"address of {text}")
        digits = "".join(code).replace("-", "").upper().translate(str.maketrans("ILO", "110"))
        check(where, len(digits) == 8 and set(digits) <= set(CROCKFORD), f"digits of {text}")
        derived = sha256(b"daka-short-code", digits.encode())[:16]
        check(where, derived.hex() == v["decoded"]["c"], f"code of {text}")
        check(where, sha256(b"daka-code", derived)[:4].hex() == v["decoded"]["hint"], f"hint of {text}")


def short_code(where, v):
    nonce = v["nonce"] and raw(v["nonce"])
    digest = sha256(encode(["daka-code50", raw(v["punch"]), nonce, raw(v["camera"])]))
    number = int.from_bytes(digest, "big") >> (256 - 50)
    digits = "".join(CROCKFORD[number >> (5 * i) & 31] for i in reversed(range(10)))
    expected = f"{digits[:5]}-{digits[5:]}{(CROCKFORD + '*~$=U')[number % 37]}"
    check(where, v["short_code"] == expected, f"should be {expected}")


def tus(where, v):
    pairs = dict(pair.split(" ") for pair in v["tus"].split(","))
    check(where, {k: base64.b64decode(x).hex() for k, x in pairs.items()} == v["decoded"], "metadata")


def uuid7(where, v):
    it = uuid.UUID(v["uuid"])
    check(where, it.version == 7 and it.variant == uuid.RFC_4122 and it.bytes == raw(v["hex"]), "version or variant")
    check(where, int.from_bytes(it.bytes[:6], "big") == v["ms"], "milliseconds")


def bundle(where, v):
    report = vb.verify(raw(v["hex"]), KEYS[v["root"]].spki)
    want = v["report"]
    check(where, report["ok"] == want["ok"], f"ok is {report['ok']}: {report['fails']}")
    check(where, len(report["punches"]) == len(want["punches"]), "other punches")
    for got, wanted in zip(report["punches"], want["punches"]):
        interval = (got["time"] or {}).get("interval", {})
        end = lambda name: (interval.get(name) or {}).get("at")
        ours = {
            "id": got["id"],
            "holds": sorted(got["holds"]),
            "missing": sorted(got["missing"]),
            "redacted": got["redacted"],
            "fails": [fail["what"] for fail in got["fails"]],
            "earliest_ms": end("earliest"),
            "latest_ms": end("latest"),
            "word": got["time"] and got["time"]["word"],
            "verdict": got["place"] and got["place"]["verdict"],
        }
        check(where, ours == wanted, f"{ours} is not {wanted}")
    check(where, not vb.verify(raw(v["hex"]), KEYS["other root"].spki)["ok"], "another root is taken")
    check(where, vb.verify(raw(v["hex"]))["ok"] == want["ok"], "without a root")


def mac(where, v):
    it = v["hmac"]
    value = hmac.new(raw(it["key"]), raw(it["message"]), hashlib.sha256).hexdigest()
    check(where, value.startswith(it["value"]) and len(it["value"]) in (8, 64), "HMAC")


def good(name, v):
    where = f"{name}: {v['name']}"
    if name == "keys":
        return keys(where, v)
    if "diagnostic" in v:
        data = raw(v["hex"])
        try:
            value = decode(data)
        except Refused as e:
            return check(where, False, str(e))
        check(where, cbor2.dumps(value, canonical=True) == data, "deterministic encoding")
        check(where, diagnostic(value) == v["diagnostic"], f"means {diagnostic(value)}")
    if "sha256" in v:
        check(where, sha256(raw(v["hex"])).hex() == v["sha256"], "sha256")
    for field, function in (
        ("seed", entry),
        ("rebuilt", rebuilt),
        ("signed_by", signed),
        ("certificate_of", certificate),
        ("csr_of", request),
        ("inclusion", tree),
        ("note", note),
        ("journal", receipt),
        ("leaf_kind", published),
        ("qr", qr),
        ("typed", typed),
        ("short_code", short_code),
        ("tus", tus),
        ("uuid", uuid7),
        ("report", bundle),
        ("hmac", mac),
    ):
        if field in v:
            function(where, v)
    if "code" in v:
        check(where, decode(raw(v["hex"]))[1] == sha256(b"daka-code", raw(v["code"]))[:4], "code hint")
    if "rules_rev" in v:
        check(where, v["rules_rev"] == v["sha256"], "rules_rev")
    if v.get("cddl") == "key-log-leaf":
        kind, salt, body = decode(raw(v["hex"]))
        check(where, sha256(encode(["daka-leaf", kind, salt, body])).hex() == v["leaf"], "leaf")
    if "previous" in v:
        check(where, decode(raw(v["hex"]))[6].hex() == v["previous"], "previous statement")


def links(files):
    """What one vector says of another."""
    journal = {v["name"]: v for v in files["journal"]}
    J = sha256(raw(journal["identity"]["hex"]))
    starts = [decode(raw(v["hex"])) for v in files["journal"] if v.get("cddl") == "chain-start"]
    for start in starts:
        epoch = start[2]
        check(f"journal: start of epoch {epoch}", start[1] == J, "another J")
        first = next(v for v in files["journal"] if "chain" in v and raw(v["chain"]["before"]) == sha256(encode(start)))
        check(f"journal: start of epoch {epoch}", first is not None, "no entry stands on it")
    chained = [v for v in files["journal"] if "chain" in v]
    for one, other in zip(chained, chained[1:]):
        same = one["chain"]["after"] == other["chain"]["before"]
        epoch = other["chain"]["before"] in {sha256(encode(s)).hex() for s in starts}
        check(f"journal: {other['name']}", same or epoch, "the chain is broken")
    heads = [decode(raw(v["hex"])) for v in files["journal"] if v.get("cddl") == "head"]
    after = {v["chain"]["seq"]: v["chain"]["after"] for v in chained}
    for _, journal_id, _, seq, h in heads:
        check(f"journal: head at {seq}", journal_id == J and after[seq] == h.hex(), "over another chain")
    trust = {v["name"]: v for v in files["trust"]}
    statement = decode(raw(trust["statement"]["hex"]))
    check("trust: statement", sha256(encode(statement[1])) == J, "another journal")
    check("trust: statement", statement[3].hex() == trust["name"]["sha256"], "another name")
    check("trust: statement", statement[4].hex() == trust["device certificate"]["sha256"], "another certificate")
    previous = sha256(raw(trust["first statement, signed"]["hex"]))
    check("trust: statement", statement[6] == previous, "the previous statement is not the digest of the signed one")
    check("trust: first statement", decode(raw(trust["first statement"]["hex"]))[6] == bytes(32), "not the first")
    rules = {v["name"]: v for v in files["rules"]}
    sites = [rules["site: Door"]["sha256"], rules["site: Warehouse"]["sha256"]]
    check("rules: rules", [s.hex() for s in decode(raw(rules["rules"]["hex"]))[7]] == sites, "other sites")


# ---- what must be refused: by the encoding, the signature, or the shape, as an independent reader sees it


def shape(rule, data):
    """Reads `data` as `rule` and refuses what breaks it. Only what refused.json pretends to be."""
    value = decode(data)
    if rule in ("cose-es256", "cose-ed25519"):
        message = vb.Signed(data)
        key = next((key for key in KEYS.values() if key.kid == message.kid), None)
        need(key is not None, "an unknown key")
        message.open(key)
    elif rule == "spki":
        vb.Key(data)
    elif rule == "payload":
        vb.payload_of(data)
    elif rule == "verdict-group":
        vb.verdict_of(data)
    elif rule == "place-group":
        vb.fixes_of(data, False)
    elif rule == "radio-group":
        [vb.octets(other, 4) for other in vb.array(vb.take(value, 3))]
    elif rule == "evidence-group":
        vb.evidence_of(data)
    elif rule == "mark-group":
        [vb.text(line) for line in vb.array(value)]
    elif rule == "upload":
        upload(value)
    elif rule == "key-set":
        vb.key_set_of(data)
    elif rule == "statement":
        _, identity, pseudonym, name, certificate, issued, previous = vb.tagged(data, "daka-enrolment", 7)
        vb.identity_of(identity), vb.octets(pseudonym, 16), vb.digest_of(name), vb.digest_of(certificate)
        vb.sint(issued), vb.digest_of(previous)
    elif rule == "leaf-commitment":
        _, kind, salt, _ = vb.tagged(data, "daka-leaf", 4)
        vb.octets(salt, 0 if kind == 1 else 32)
    elif rule == "checkpoint":
        origin, size, root, key_hash, signature = vb.array(value, 5)
        vb.origin_of(origin), vb.uint(size), vb.digest_of(root), vb.octets(key_hash, 4), vb.octets(signature, 64)
    elif rule == "receipt":
        body, index, path = vb.array(value, 3)
        vb.array(body, 7), vb.uint(body[4], 2**32 - 1), vb.uint(index), vb.proof_of(path)
    elif rule == "rules":
        vb.rules_of(data)
    elif rule == "site":
        vb.site_of(data)
    elif rule == "journal-part":
        vb.Stretch(0, data)
    elif rule == "bundle":
        need(not vb.open_container(data)[1], "damaged")
    else:
        assert rule == "item", rule


def upload(value):
    version, journal, epoch, prev_seq, prev_h, begin, entries, head = vb.array(value, 8)
    need(version == 0 and 1 <= len(vb.array(entries)) <= 500, "version or entries")
    need(0 < vb.uint(begin) < 2**63 - 500 and vb.uint(prev_seq) < begin, "from")
    need(epoch > 0 or (prev_seq == 0 and prev_h == bytes(32)), "epoch 0")
    vb.octets(head)
    session = None
    for item in entries:
        if len(vb.array(item)) == 1:
            vb.digest_of(item[0])
            continue
        first, secret, groups = vb.array(item, 3)
        if isinstance(first, dict):
            need(not {2, 8, 10} & set(first), "something that is rebuilt")
            vb.octets(secret, 16)
            session = first.get(4, session)
        else:
            for salt in vb.mapping(secret).values():
                vb.octets(salt, 16)
            session = vb.take(vb.mapping(decode(vb.octets(first))), 4)
        need(session is not None, "no session")


def bad(v):
    where = f"refused: {v['name']}"
    try:
        # A key is DER, everything else CBOR.
        data = raw(v["hex"])
        vb.Key(data) if v["cddl"] == "spki" else shape(v["cddl"], data)
        check(where, False, "was taken")
    except Refused:
        check(where, True, "")


def main():
    files = {}
    for path in sorted(FOLDER.glob("*.json"), key=lambda path: (path.stem != "keys", path.stem)):
        if path.stem != "signatures":
            files[path.stem] = json.loads(path.read_text(encoding="utf-8"))["vectors"]
    for name, vectors in files.items():
        check(name, len({v["name"] for v in vectors}) == len(vectors) > 0, "no vectors, or two of one name")
        for v in vectors:
            bad(v) if name == "refused" else good(name, v)
    links(files)
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
