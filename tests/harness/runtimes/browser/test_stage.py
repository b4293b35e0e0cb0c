from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest
import pytest_asyncio

from midstream.harness.runtimes.browser.engine import Engine, library
from midstream.harness.runtimes.browser.stage import Stage

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Return a stage for a component that does nothing; each test leaves none ready."""
    component = tmp_path_factory.mktemp("stage") / "component.js"
    component.write_text("globalThis.isThere = true;", encoding="utf-8")
    own = Stage(Engine(), component)
    yield own
    await own.close()


async def test_a_page_that_is_ready_is_given_out_once(stage: Stage) -> None:
    """The next run gets another page, in another context."""
    await stage.open()
    ready = await stage.prepare()

    async with stage.page() as first:
        assert first is ready
        assert await first.page.evaluate("isThere") is True
        async with stage.page() as second:
            assert second.page.context is not first.page.context
    assert first.page.is_closed()
    assert second.page.is_closed()


async def test_the_next_page_is_loaded_ahead_only_when_asked(stage: Stage) -> None:
    """To take one begins no other; to prepare twice begins one."""
    async with stage.page():
        assert stage._spare is None
        ahead = stage.prepare()
        assert stage.prepare() is ahead
        await ahead
    async with stage.page() as loaded:
        assert loaded is await ahead


async def test_what_the_component_reports_before_its_run_is_no_ones(
    stage: Stage,
) -> None:
    """A page to which something has happened while it waited is not given out."""
    await stage.open()
    ready = await stage.prepare()
    await ready.page.evaluate("midstreamReport({what: 'idle'})")

    async with stage.page() as loaded:
        assert loaded is not ready
        assert loaded.is_untouched
    assert ready.page.is_closed()


async def test_a_page_that_crashed_while_it_waited_is_replaced(stage: Stage) -> None:
    """Nobody's run begins in a dead page."""
    await stage.open()
    ready = await stage.prepare()
    async with ready.page.expect_event("crash"):
        with suppress(library().Error):
            await ready.page.goto("chrome://crash")

    async with stage.page() as loaded:
        assert await loaded.page.evaluate("isThere") is True


async def test_a_browser_that_died_meanwhile_is_replaced(stage: Stage) -> None:
    """The page that was ready died with it; the next run has a browser again."""
    await stage.open()
    browser = (await stage.prepare()).page.context.browser
    assert browser is not None
    await browser.close()

    async with stage.page() as loaded:
        assert await loaded.page.evaluate("isThere") is True


async def test_nothing_listens_behind_a_closed_stage(stage: Stage) -> None:
    """A page that is half loaded is no hindrance, and closing may be repeated."""
    await stage.open()
    async with stage.page() as loaded:
        url = loaded.page.url
        stage.prepare()
    await stage.close()
    await stage.close()

    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get(url)


async def test_a_stage_that_was_closed_opens_again(stage: Stage) -> None:
    """Another page can be had, of another browser."""
    await stage.open()
    await stage.close()
    async with stage.page() as loaded:
        assert await loaded.page.evaluate("isThere") is True
