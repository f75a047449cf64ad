"""Instructions, written in Markdown, as HTML that is safe in any page. No Django."""

import nh3
from markdown_it import MarkdownIt

# Line breaks count, as in the plain texts that were written before there was Markdown.
MARKDOWN = MarkdownIt("commonmark", {"breaks": True, "html": False}).enable(
    ["table", "strikethrough"]
)
TAGS = {
    *("a", "p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("strong", "em", "s", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
}
# The page has its own headings above those of a text.
LOWER = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6"}


def html_of(markdown: str) -> str:
    """No images, no raw HTML, no styles; links open another window and say nothing of ours."""
    tokens = MARKDOWN.parse(markdown.replace("\0", ""))
    for token in tokens:
        token.tag = LOWER.get(token.tag, token.tag)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
