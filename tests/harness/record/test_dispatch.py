from midstream.harness.record.bodies import Opened, Phase
from midstream.harness.record.dispatch import Dispatcher, Handlers
from midstream.harness.record.history import Record
from tests.harness.helpers_history import Item, feed, history, invoked, raised

PHASE: Item = Phase(name="safety")


def test_a_reader_is_told_of_what_it_reads_and_of_nothing_else() -> None:
    """Each kind of record comes to the method that was named for it."""
    dispatcher, told = Dispatcher(), list[tuple[str, int]]()
    handlers: Handlers = {
        Phase: lambda record, _: told.append(("phase", record.seq)),
        Opened: lambda record, body: told.append((f"conn {body.conn}", record.seq)),
    }
    dispatcher.join(handlers, raised)
    feed(dispatcher, PHASE, invoked(), Opened(conn=7))
    assert told == [("phase", 0), ("conn 7", 2)]


def test_readers_are_told_in_the_order_in_which_they_joined() -> None:
    """Who rests on another joins behind it."""
    dispatcher, told = Dispatcher(), list[str]()
    for name in ("below", "above"):
        dispatcher.join({Phase: lambda *_, name=name: told.append(name)}, raised)
    feed(dispatcher, PHASE)
    assert told == ["below", "above"]


def test_a_reader_that_raises_is_told_no_more_and_the_others_are() -> None:
    """Its owner hears of it once; not even other kinds come to it from then on."""
    dispatcher, told, lost = Dispatcher(), list[int](), list[Exception]()

    def fail(record: Record, _: object) -> None:
        raise ValueError(record.seq)

    dispatcher.join({Phase: fail, Opened: fail}, lost.append)
    dispatcher.join({Phase: lambda record, _: told.append(record.seq)}, raised)
    feed(dispatcher, PHASE, PHASE, Opened(conn=1))
    assert told == [0, 1]
    assert [error.args for error in lost] == [(0,)]


def test_the_last_record_is_known_whoever_reads_it() -> None:
    """A history ends with its last record, even if nobody reads that kind."""
    dispatcher = Dispatcher()
    records = history(PHASE, invoked())
    feed(dispatcher, PHASE, invoked())
    assert dispatcher.last == records[-1]
