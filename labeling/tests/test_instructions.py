"""Instructions are Markdown; whatever is written in them, nothing of it can run."""

import re
from html.parser import HTMLParser

import pytest

from labeling.instructions import TAGS, html_of

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>a</a>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=x&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action=/accounts/logout/ method=post><button>Go on</button></form>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>*{background:url(//evil.example)}</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<object data=data:text/html,x></object>",
    "<input autofocus onfocus=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](\x01javascript:alert(1))",
    "[a](vbscript:msgbox(1))",
    "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[a](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![a](x\" onerror=alert(1) y=\")",
    "![a](https://evil.example/pixel.png)",
    "[a](https://x.example \"\" onmouseover=alert(1) \"\")",
    "[a]: javascript:alert(1)\n\n[a]",
    "```\"><script>alert(1)</script>\nx\n```",
    "``` x onmouseover=alert(1)\nx\n```",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>alert(1)</script> |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<<script>script>alert(1)<</script>/script>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "> " * 300 + "<script>alert(1)</script>",
    "*" * 3000 + "<script>" + "*" * 3000,
    "[" * 2000 + "](javascript:alert(1))" * 5,
]  # fmt: skip


class Seen(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_comment(self, data):
        self.found.append(("comment", {}))

    handle_decl = handle_pi = unknown_decl = handle_comment


def check(html):
    """An own reading of what came out: known tags, and no attribute that does anything."""
    for tag, attributes in Seen(html).found:
        assert tag in TAGS - {"img"}
        assert set(attributes) <= {"href", "title", "rel", "target", "start"}
        if "href" in attributes:
            assert re.match(r"(https?://|mailto:|[/#?\w%.-]+$)", attributes["href"]), attributes
            assert not re.match(r"\s*(javascript|vbscript|data|file):", attributes["href"], re.I)


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_becomes_harmless(text):
    check(html_of(text))
    check(html_of(f"- {text}\n\n**{text}**"))


def test_the_check_sees_what_is_not_harmless():
    for bad in (
        "<script>",
        "<a href='javascript:x'>",
        "<p onclick=x>",
        "<img src=x>",
        "<!-- x -->",
    ):
        with pytest.raises(AssertionError):
            check(bad)


def test_markdown_becomes_what_it_says():
    html = html_of("# Roofs\n\n1. **Edge** of the roof\n2. no *shadow*\n\n| a |\n|---|\n| b |")
    assert "<h3>Roofs</h3>" in html
    assert "<li><strong>Edge</strong> of the roof</li>" in html
    assert "<em>shadow</em>" in html and "<td>b</td>" in html


def test_links_open_another_window_and_tell_nothing():
    html = html_of("[rules](https://example.org/rules)")
    assert 'href="https://example.org/rules"' in html
    assert 'target="_blank"' in html and 'rel="noopener noreferrer"' in html


def test_a_plain_text_keeps_its_lines_and_its_signs():
    assert html_of("First.\nThen a < b & c.") == "<p>First.<br>\nThen a &lt; b &amp; c.</p>\n"
