"""One report printed in a process of its own: `print_report.py TIMES HTML` writes the HTML and says what printing took."""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from benchmarks.reports import report_of
from reports.printing.pages import html_and_css
from reports.printing.pdf import print_report


def main(times: int, html_file: Path) -> None:
    snapshot = report_of(times)
    start, processor = time.perf_counter(), time.process_time()
    data, pages = print_report(snapshot)
    taken = {"seconds": time.perf_counter() - start, "processor": time.process_time() - processor}
    html, css = html_and_css(snapshot, with_contents=True)
    html_file.write_text(html.replace("</head>", f"<style>{css}</style></head>"), encoding="utf-8")
    print(json.dumps({**taken, "pages": pages, "bytes": len(data)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
