"""PynamoDB on the orders of ../orders.py. Usage: pynamodb_job.py <table>"""

import json
import sys
from datetime import datetime, timezone

from pynamodb.attributes import (ListAttribute, MapAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute, UnicodeSetAttribute,
                                 VersionAttribute)
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite

EXPIRES = 4102444800


class ByState(GlobalSecondaryIndex):
    class Meta:
        index_name = "by_state"
        projection = AllProjection()

    state = UnicodeAttribute(hash_key=True)
    total = NumberAttribute(range_key=True)


class Line(MapAttribute):
    sku = UnicodeAttribute()
    count = NumberAttribute()


class Order(Model):
    class Meta:
        table_name = sys.argv[1]
        region = "us-east-1"
        billing_mode = "PAY_PER_REQUEST"
        stream_view_type = "NEW_AND_OLD_IMAGES"

    customer = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)
    state = UnicodeAttribute()
    total = NumberAttribute()
    tags = UnicodeSetAttribute()
    lines = ListAttribute(of=Line)
    expires = TTLAttribute()
    version = VersionAttribute()
    by_state = ByState()


def order(customer, number):
    return Order(customer, number, state="open" if number % 3 else "sent", total=number * 1.25 + (customer == "grace") * 0.5,
                 tags={"new", f"n{number}"}, lines=[Line(sku=f"sku-{number}", count=number)],
                 expires=datetime.fromtimestamp(EXPIRES + number, timezone.utc))


def names(orders):
    return [f"{order.customer}/{order.number}" for order in orders]


def refusal(what, kind, *arguments, **options):
    try:
        what(*arguments, **options)
    except kind as error:
        return f"{error.cause_response_code}: {error.cause_response_message}"
    raise SystemExit(f"not refused: {what}")


def pages(ask):
    """All that ask() gives, page after page: each begins where the one before ended."""
    found, key = [], None
    while True:
        page = ask(limit=7, last_evaluated_key=key)
        found += page  # which asks; then it knows its end
        key = page.last_evaluated_key
        if not key:
            return found


def pays(writing):
    writing.condition_check(Order, "grace", 4, condition=Order.state == "open")
    writing.update(Order.get("ada", 1), actions=[Order.state.set("paid")], condition=Order.state == "open")
    writing.delete(Order.get("ada", 2))
    writing.save(order("ada", 21))


def fails(writing):
    writing.save(order("ada", 22))
    writing.delete(Order.get("grace", 5), condition=Order.state == "lost")


def transact(steps):
    with TransactWrite(connection=Connection(region="us-east-1")) as writing:
        steps(writing)


def cancellation():
    try:
        transact(fails)
    except TransactWriteError as error:
        return f"{error.cause_response_code}: {[reason and reason.code for reason in error.cancellation_reasons]}"
    raise SystemExit("not cancelled")


def conflict():
    first, second = Order.get("grace", 3, consistent_read=True), Order.get("grace", 3)
    first.state, second.state = "first", "second"
    first.save()
    return refusal(second.save, PutError)


def main():
    Order.create_table(wait=True)
    with Order.batch_write() as batch:
        for customer, count in (("ada", 20), ("grace", 10)):
            for number in range(1, count + 1):
                batch.save(order(customer, number))
    whole = Order.get("ada", 7)
    assert (whole.tags, whole.lines[0].count, whole.expires.timestamp()) == ({"new", "n7"}, 7, EXPIRES + 7)
    answer = {
        "queried": names(pages(lambda **page: Order.query("ada", scan_index_forward=False, **page))),
        "scanned": sorted(names(pages(lambda **page: Order.scan(**page)))),
        "indexed": names(Order.by_state.query("sent", Order.total > 10, page_size=2)),
        "tagged": names(Order.query("ada", filter_condition=Order.tags.contains("n7"))),
        "together": sorted(names(Order.batch_get([("ada", 3), ("grace", 3), ("ada", 99)]))),
        "refused": refusal(order("ada", 1).save, PutError, Order.customer.does_not_exist(), add_version_condition=False),
        "conflict": conflict(),
    }
    more = Order.get("ada", 3)
    more.update([Order.total.add(100)])
    transact(pays)
    with TransactGet(connection=Connection(region="us-east-1")) as reading:
        paid, put = reading.get(Order, "ada", 1), reading.get(Order, "ada", 21)
    assert (paid.get().state, paid.get().version, put.get().version) == ("paid", 1, 1)
    print(json.dumps(answer | {"added": more.total, "cancelled": cancellation()}))


main()
