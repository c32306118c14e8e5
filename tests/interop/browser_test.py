#!/usr/bin/env python3
"""The pages of the examples in Chromium, without a window, by its DevTools protocol. Screenshots are kept beside the
test's output."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from harness import Case, main

OUTPUTS = pathlib.Path(os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR", tempfile.gettempdir()))


class Browser:
    """Chromium, spoken to through a pair of pipes: JSON, each message ended by a NUL."""

    def __init__(self, folder):
        commands, self.commands = os.pipe()
        answers, given = os.pipe()
        # pylint: disable=consider-using-with  # ended by `end`
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{commands} 4>&{given}', "sh", "chromium", "--headless=new", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
             "--window-size=1000,900", f"--user-data-dir={folder}", "--remote-debugging-pipe", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(commands, given))
        os.close(commands)
        os.close(given)
        self.answers = os.fdopen(answers, "rb")
        self.rest = b""
        self.count = 0

    def message(self):
        while b"\0" not in self.rest:
            more = self.answers.read1(65536)
            if not more:
                raise AssertionError("Chromium has ended")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def command(self, method, session="", **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def page(self, url):
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        page = Page(self, self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        page.command("Page.navigate", url=url)
        page.wait_for("location.href != 'about:blank' && document.readyState == 'complete'")
        return page

    def end(self):
        self.process.kill()
        self.process.wait()
        self.answers.close()
        os.close(self.commands)


class Page:
    """A tab."""

    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def command(self, method, **parameters):
        return self.browser.command(method, self.session, **parameters)

    def evaluate(self, script):
        """The value of a script, whose promise is awaited."""
        result = self.command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise AssertionError(result["exceptionDetails"])
        return result["result"].get("value")

    def wait_for(self, condition):
        """Until the page's own changes make a condition true; each frame is a look."""
        self.evaluate("new Promise(done => { const look = () => { if (%s) done(); else setTimeout(look, 20); }; "
                      "look(); })" % condition)

    def screenshot(self, name):
        picture = base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"])
        (OUTPUTS / name).write_bytes(picture)
        return picture


class Pages(Case):
    def setUp(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.browser = Browser(folder)
        self.addCleanup(self.browser.end)

    def test_the_dashboard_lives(self):
        server, address = self.server("http_server")
        url = f"http://{address[0]}:{address[1]}/"
        page = self.browser.page(url)
        page.wait_for("/^[1-9]/.test(document.querySelector('#connections').textContent)")
        page.wait_for("document.querySelector('#tasks').textContent.includes('Site::tell')")
        page.wait_for("document.querySelector('polyline').getAttribute('points').split(' ').length >= 3")
        page.evaluate("fetch('/hello/browser').then(answer => answer.text())")
        page.wait_for("/^[1-9]/.test(document.querySelector('#requests').textContent)")
        self.assertGreater(len(page.screenshot("dashboard.png")), 5000)
        self.stop(server)
        page.wait_for("document.querySelector('#state').textContent == 'not connected'")

    def test_chat_between_two_windows(self):
        server, address = self.server("websocket_chat")
        url = f"http://{address[0]}:{address[1]}/"
        one, other = self.browser.page(url), self.browser.page(url)
        one.wait_for("document.body.innerText.includes('client 2 is here')")
        other.evaluate("document.querySelector('input').value = 'h\u00e9llo <b>';"
                       "document.querySelector('form').requestSubmit()")
        one.wait_for("document.querySelector('#lines').innerText.includes('2: h\u00e9llo <b>')")
        self.assertGreater(len(one.screenshot("chat.png")), 3000)
        self.stop(server)
        one.wait_for("document.querySelector('#lines').innerText.includes('1001')")

    def test_the_board_page(self):
        _, address = self.server("http_board")
        page = self.browser.page(f"http://{address[0]}:{address[1]}/")
        page.wait_for("document.querySelectorAll('button').length == 4")
        page.evaluate("document.querySelectorAll('button')[2].click()")
        page.wait_for("document.querySelectorAll('button')[2].getAttribute('aria-pressed') == 'true'")
        page.screenshot("board.png")

    def test_events(self):
        _, address = self.server("http_events")
        page = self.browser.page(f"http://{address[0]}:{address[1]}/")
        page.wait_for("Number(document.querySelector('#seconds').textContent) >= 1")


if __name__ == "__main__":
    main()
