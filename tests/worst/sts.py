"""STS: the one operation takes nothing."""

from case import FORM, Case


def cases():
    form = {"Version": "2011-06-15"} | {f"Tags.member.{n}.Key": "k" for n in range(2000)}
    yield Case("a form with 2,000 members it doesn't have", "sts", "GetCallerIdentity", form, content_type=FORM)
    yield Case("64 kB of separators", "sts", "GetCallerIdentity", b"Action=GetCallerIdentity&Version=2011-06-15" + b"&" * 60_000, content_type=FORM)
