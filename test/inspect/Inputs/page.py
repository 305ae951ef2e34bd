"""page.py PAGE: the page has two scripts, the first of which is JSON, and no other name of an element in what is shown; prints its sums."""
import html.parser
import json
import sys


class Page(html.parser.HTMLParser):
    scripts, tags, inside = [], [], False

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "script":
            self.scripts.append("")
            self.inside = True

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "script"

    def handle_data(self, data):
        if self.inside:
            self.scripts[-1] += data


page = Page()
page.feed(open(sys.argv[1]).read())
assert len(page.scripts) == 2 and "b" not in page.tags, page.tags
rows = json.loads(page.scripts[0])["rows"]
assert all('a"b\\</script><b>;c.c:' in row["site"] for row in rows)
print(f"{sum(r['blocks'] for r in rows)} blocks, {sum(r['bytes'] for r in rows)} bytes, {len(rows)} rows")
