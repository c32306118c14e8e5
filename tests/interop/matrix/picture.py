"""The tables of a run as a picture: SVG, readable on light and on dark pages."""

from xml.sax.saxutils import escape

import table

# Pixels.
MARGIN, LABEL, COLUMN, ROW = 16, 240, 86, 28
HEAD = 40  # above a table's first row, for two lines
GAP = 30  # below a table

STYLE = """
  text { font: 13px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .head, .note { fill: #57606a; font-size: 12px; }
  .small { font-size: 9px; }
  .page { fill: #ffffff; stroke: #d1d9e0; }
  rect.good { fill: #dafbe1; } text.good { fill: #0a5a23; }
  rect.bad { fill: #ffe2de; } text.bad { fill: #82071e; font-weight: 600; }
  rect.not { fill: #eaeef2; } text.not { fill: #57606a; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .head, .note { fill: #9da7b3; }
    .page { fill: #0d1117; stroke: #3d444d; }
    rect.good { fill: #12391f; } text.good { fill: #7ee787; }
    rect.bad { fill: #5a1116; } text.bad { fill: #ffb3aa; }
    rect.not { fill: #21262d; } text.not { fill: #9da7b3; }
  }
"""


class Canvas:
    """Shapes, from the top down."""

    def __init__(self):
        self.shapes = []
        self.y = MARGIN

    def text(self, x, y, words, kind="", anchor="start"):
        self.shapes.append(f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>')

    def verdict(self, x, y, verdict):
        kind = {"good": "good", "bad": "bad"}.get(verdict.kind, "not")
        self.shapes.append(
            f'<rect x="{x + 1}" y="{y + 1}" width="{COLUMN - 2}" height="{ROW - 2}" rx="3" class="{kind}"/>'
        )
        more = verdict.more if kind == "good" else ""
        middle = x + COLUMN // 2
        self.text(middle, y + (13 if more else 18), verdict.words, kind, "middle")
        if more:
            self.text(middle, y + 23, more, f"{kind} small", "middle")

    def heads(self, left, right, columns):
        """Each column's heading has one line, or two with a | between them."""
        self.text(MARGIN, self.y + HEAD - 8, left, "head")
        for i, words in enumerate(columns):
            lines = words.split("|")
            for up, line in enumerate(reversed(lines)):
                self.text(MARGIN + LABEL + i * COLUMN + COLUMN // 2, self.y + HEAD - 8 - 14 * up, line, "head", "middle")
        if right:
            self.text(MARGIN + LABEL + len(columns) * COLUMN + 12, self.y + HEAD - 8, right, "head")
        self.y += HEAD

    def row(self, name, verdicts, note=""):
        self.text(MARGIN, self.y + 18, name)
        for i, verdict in enumerate(verdicts):
            self.verdict(MARGIN + LABEL + i * COLUMN, self.y, verdict)
        if note:
            self.text(MARGIN + LABEL + len(verdicts) * COLUMN + 12, self.y + 18, note, "note")
        self.y += ROW


def render(results, full):
    canvas = Canvas()
    width = 2 * MARGIN + LABEL + max(len(results.platforms), 8) * COLUMN

    def title(words):
        canvas.text(MARGIN, canvas.y + 14, words, "title")
        canvas.y += 18

    title("What each platform is, with every platform at the other end")
    columns = [(protocol, role) for protocol in table.PROTOCOLS for role in table.ROLES]
    canvas.heads("", "in the table that this project began with", [f"{protocol}|{role}" for protocol, role in columns])
    for platform in results.platforms:
        verdicts = [results.role(platform, protocol, role, full) for protocol, role in columns]
        canvas.row(platform.name, verdicts, platform.stands_for)
    for protocol in table.PROTOCOLS:
        canvas.y += GAP
        title(f"{protocol}: client × server")
        canvas.heads("client, with the server:", "", [each.short for each in results.platforms])
        for client in results.platforms:
            canvas.row(client.name, [results.cell(client, each, protocol, full) for each in results.platforms])
    canvas.y += 20
    note = (
        'yes: "Hello, world" there and back on new sockets, by the examples as they are, '
        f"and {full:,} bytes each way at once (or as many as it says), all checked."
    )
    canvas.text(MARGIN, canvas.y, note, "note")
    height = canvas.y + MARGIN
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        "<title>Every platform as client with every platform as server</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="6"/>',
        *canvas.shapes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
