"""axe over a page, and no words twice in the same ink.

Two thirds of axe's time go into the contrast of words, one by one: two hundred on a page, the same header, menu
and hints on every page, on a wide screen and on a narrow one. Whether words can be read depends on their own colour,
size and weight and on what is painted behind them. What axe found good once in a run, it is not asked again.
"""

from pathlib import Path
from typing import Any

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What words are painted with, as text; null where other things than their own ancestors may lie behind them
# (then axe is asked each time): beside anything that is placed freely, out of the box of an ancestor, on pictures.
INKS = """() => {
  const styles = new Map(), layers = new Map(), boxes = new Map();
  const styleOf = (one) => styles.get(one) || styles.set(one, getComputedStyle(one)).get(one);
  const boxOf = (one) => boxes.get(one) || boxes.set(one, one.getBoundingClientRect()).get(one);
  const isFree = (style) =>
    ["absolute", "fixed", "sticky"].includes(style.position) || style.float !== "none" ||
    (style.position === "relative" && [style.top, style.left, style.bottom, style.right].some((far) => !["auto", "0px"].includes(far))) ||
    style.transform !== "none" || style.translate !== "none" || style.clipPath !== "none" ||
    [style.marginTop, style.marginRight, style.marginBottom, style.marginLeft].some((far) => far.startsWith("-"));
  const paintsBeside = (one) => ["::before", "::after"].some((part) => {
    const style = getComputedStyle(one, part);
    return style.content !== "none" && (style.backgroundColor !== "rgba(0, 0, 0, 0)" || style.backgroundImage !== "none");
  });
  // Of an element with all that it stands in; null: free to lie anywhere, or painted in a way that is not a colour.
  const layerOf = (one) => {
    if (!one) return "";
    if (layers.has(one)) return layers.get(one);
    const style = styleOf(one), below = layerOf(one.parentElement);
    let layer = null;
    if (below !== null && !isFree(style) && style.backgroundImage === "none" && style.filter === "none" &&
        style.mixBlendMode === "normal" && style.backdropFilter === "none" && !paintsBeside(one)) {
      const own = style.backgroundColor === "rgba(0, 0, 0, 0)" ? "" : `/${style.backgroundColor}`;
      layer = below + own + (style.opacity === "1" ? "" : `*${style.opacity}`);
    }
    layers.set(one, layer);
    return layer;
  };
  const all = [...document.body.querySelectorAll("*")];
  const free = all.filter((one) => isFree(styleOf(one)) && boxOf(one).width > 1 && boxOf(one).height > 1);
  const reaches = (outer, inner) => outer.left <= inner.left + 1 && outer.top <= inner.top + 1 &&
    outer.right >= inner.right - 1 && outer.bottom >= inner.bottom - 1;
  const within = (one, outer) => ({
    left: Math.max(one.left, outer.left), top: Math.max(one.top, outer.top),
    right: Math.max(outer.left, Math.min(one.right, outer.right)), bottom: Math.max(outer.top, Math.min(one.bottom, outer.bottom)),
  });
  const touches = (one, other) => one.left < other.right && one.right > other.left &&
    one.top < other.bottom && one.bottom > other.top;
  const standsInItsOwn = (one) => {
    let shown = boxOf(one);
    for (let outer = one.parentElement; outer; outer = outer.parentElement) {
      const style = styleOf(outer), box = boxOf(outer);
      if (style.overflowX !== "visible") shown = within(shown, box);  // what it cuts off nobody sees
      if (style.backgroundColor !== "rgba(0, 0, 0, 0)" && !reaches(box, shown)) return false;
    }
    return !free.some((other) => !one.contains(other) && touches(boxOf(other), boxOf(one)));
  };
  const hasWords = (one) => ["INPUT", "SELECT", "TEXTAREA"].includes(one.tagName) ||
    [...one.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
  return all.filter((one) => hasWords(one) && one.checkVisibility({ visibilityProperty: true })).map((one) => {
    const style = styleOf(one), layer = layerOf(one);
    const ink = layer === null || !standsInItsOwn(one) ? null : [
      style.color, style.webkitTextFillColor, style.webkitTextStrokeWidth, style.textShadow, style.fontSize, style.fontWeight, layer,
    ].join(" ");
    return [one, ink];
  });
}"""
# The package's own runner hands over every rule that is kept, too: twice the time.
JUDGE = f"""async ([tags, good]) => {{
  const broken = (found) => found.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.target)]);
  const most = await axe.run(document, {{
    runOnly: tags, rules: {{ "color-contrast": {{ enabled: false }} }}, resultTypes: ["violations"],
  }});
  const isForced = matchMedia("(forced-colors: active)").matches;
  const known = new Set(isForced ? [] : good), words = new Map(({INKS})());
  const fresh = [...words.keys()].filter((one) => !known.has(words.get(one)));
  if (!fresh.length) return [broken(most), []];
  const contrast = await axe.run({{ include: fresh }}, {{
    runOnly: {{ type: "rule", values: ["color-contrast"] }}, elementRef: true, resultTypes: ["violations", "passes"],
  }});
  const passed = contrast.passes.flatMap((rule) => rule.nodes.map((node) => words.get(node.element)));
  return [[...broken(most), ...broken(contrast)], isForced ? [] : [...new Set(passed)].filter((ink) => ink)];
}}"""
_good_inks: set[str] = set()


def rules_broken(page: Any) -> list[str]:
    """With the elements that break them."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found, passed = page.evaluate(JUDGE, [AXE_TAGS, sorted(_good_inks)])
    _good_inks.update(passed)
    return [f"{rule}: {targets}" for rule, targets in found]
